"""Images: parsing uploads, rendering untrusted ones, and storing them.

png           PNG files, parsed strictly chunk by chunk; anything after the image's end is dropped
raster        Raster images (PNG, JPEG, GIF), detected by content and parsed strictly
svg           Uploaded SVG: checked before it is rendered, and never changed
sandbox       Renders untrusted images in a sandboxed subprocess without settings, credentials
sandbox_main  The sandboxed process: SVG in, PNG out
uploads       Uploaded images: identified by content, then stored unchanged or re-rendered
store         Image store in the bucket: objects are immutable and deduplicated (content-addressed)
builtin       Built-in images: stored in the bucket when first requested
sweep         Image garbage collection: deletes unused objects from the bucket, once a day
"""
