"""Published badges: their rows, claim codes, quotas, and how they are read.

field_kinds     How each kind of field is read, checked, stored and shown
fields          One table of the fields of a badge
quotas          How often a badge was awarded and still may be; the lock on its row
block_counts    Where the pages of long lists of badges and awards begin
details         Criteria, alignments, categories and tags as they are sent, stored and shown
criteria_pages  Where a badge's criteria are: on our own page, or elsewhere
versions        Versions of badges that were changed after they had been awarded
badges          Create, update, archive, delete and find badges
areas           The badges that a person has a permission for
catalog         Badges as they are shown, with owners, images and details
public          What anyone may read
codes           Claim codes one at a time, as the API handles them
bulk_codes      Claim codes in bulk, as the admin UI handles them
"""
