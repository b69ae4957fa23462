"""Pages of drafts and templates: the directory, the editor, the studio, sharing.

wording      What pages call sections and fields, and say about missing and bad values
parts        What these pages share
directory    The lists of drafts, templates and badges
drafts       A draft's page, publishing and deleting it
editor_form  The editor's forms, read and written
editor       The editor, a form for each section
studio_form  The studio's form, as a design
studio       The studio, where a badge's image is designed
imports      Fetches shared templates
sharing      The page that imports a shared template
"""
