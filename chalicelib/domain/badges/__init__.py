"""Published badges: their rows, claim codes, quotas, and how they are read.

In reading order:

* `quotas`: how often a badge was awarded and still may be; the lock on its row
* `block_counts`: where the pages of long lists of badges and awards begin
* `details`: criteria, alignments, categories and tags as they are sent and stored
* `badges`: create, update, archive, delete and find badges
* `catalog`: badges as they are shown, with owners, images and details
* `public`: what anyone may read
* `codes`: claim codes one at a time, as the API handles them
* `bulk_codes`: claim codes in bulk, as the admin UI handles them
"""
