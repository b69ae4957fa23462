"""Images: parsing uploads, rendering untrusted ones, and storing them.

png           PNG files, parsed strictly chunk by chunk; anything after the image's end is dropped
raster        Raster images (PNG, JPEG, GIF), detected by content and parsed strictly
metadata      Removes what an image file says besides its pixels and their colors
data_urls     Images in `data:` URLs
svg           Uploaded SVG, rewritten in plain SVG, which is drawn as browsers do
sandbox       Renders untrusted images in a sandboxed subprocess without settings, credentials
sandbox_main  The sandboxed process: SVG in, PNG out
uploads       Uploaded images: identified by content, then stored unchanged or re-rendered
store         Image store in the bucket: objects are immutable and deduplicated (content-addressed)
builtin       Built-in images: stored in the bucket when first requested
sweep         Image garbage collection: deletes unused objects from the bucket, once a day
"""
