"""Images of badges, drafts and owners.

images  Rows for images in the bucket and elsewhere
sweep   Garbage collection of images that nothing refers to
"""
