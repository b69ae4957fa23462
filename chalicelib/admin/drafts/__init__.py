"""Pages of drafts and templates: the directory, the editor, the studio, sharing.

- `wording`: what pages call sections and fields, and say about missing and bad values
- `parts`: what these pages share
- `directory`: the lists of drafts, templates and badges
- `drafts`: a draft's page, publishing and deleting it
- `editor_form`: the editor's forms, read and written
- `editor`: the editor, a form for each section
- `studio_form`: the studio's form, as a design
- `studio`: the studio, where a badge's image is designed
- `imports`: fetches shared templates
- `sharing`: the page that imports a shared template
"""
