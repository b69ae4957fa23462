"""Images of badges, drafts and owners.

In reading order:

* `images`: rows for images in the bucket and elsewhere
* `sweep`: garbage collection of images that nothing refers to
"""
