"""Images: parsing uploads, rendering untrusted ones, and storing them.

png           PNG files, parsed strictly chunk by chunk; anything after the image's end is dropped
raster        Raster images (PNG, JPEG, GIF), detected by content and parsed strictly
metadata      Removes what an image file says besides its pixels and their colors
data_urls     Images in `data:` URLs
svg_refusals  Why an SVG file is rejected, in the words that people read
svg_text      The text of an SVG file: its encoding and its entities
svg_tree      An SVG file as a tree of elements, with limits on its size
svg_values    The values of CSS properties, in the syntax that the renderer knows
svg_colors    Colors of CSS
svg_filters   Filters of CSS
svg_transforms  Transformations of CSS
svg_properties  The CSS properties that change how an image looks
svg_selectors  CSS selectors, matched with a limit of steps
svg_rules     The style sheets of a file
svg_styles    Resolves styles into attributes, as browsers do
svg_structure  What browsers draw of a file's elements, and how large the image is
svg           Uploaded SVG: checked, then rewritten in plain SVG, which is drawn as browsers do
sandbox       Renders untrusted images in a sandboxed subprocess without settings, credentials
sandbox_main  The sandboxed process: SVG in, PNG out
uploads       Uploaded images: identified by content, then stored unchanged or re-rendered
store         Image store in the bucket: objects are immutable and deduplicated (content-addressed)
builtin       Built-in images: stored in the bucket when first requested
sweep         Image garbage collection: deletes unused objects from the bucket, once a day
"""
