"""The studio: draws badges from designs.

geometry     Points and paths on the canvas: 512 units wide and high, y downwards
palettes     Palettes, and the contrast between colors (WCAG 2.2, "contrast ratio")
packs        Packs of third-party graphics and letters, written by `infra/assets/packs.py`
glyphs       Letters as outlines (Nunito ExtraBold), so that a badge looks the same everywhere
fonts        Fonts for scripts that `glyphs.py` does not cover, used by the renderer
graphics     Graphics by name and by search: Phosphor Icons, filled, in one color
lettering    Lettering: fits text to its room, straight or along a circle
shapes       Shapes of badges, and the room each has for a graphic and for text
backgrounds  Backgrounds: one color, a gradient, or a pattern in a second color
borders      Borders and finishes (the light on a badge)
ribbons      Ribbons across a badge: how each is drawn, and where its text goes
design       A design: the small document that says how a badge is drawn, parsed and validated
layout       Layout: places the texts, ribbon and graphic so that they do not overlap
drawing      Draws a design as SVG
rendering    Renders our own SVG as PNG; untrusted SVG goes through `imaging/sandbox.py`
pictures     Images rendered from designs: the same design is stored once
alt_text     Alternative text: describes a design in words
presets      Designs to start from: ready-made ones, and a random one
samples      Samples: small pictures of each shape, background, border, finish, ribbon and palette
"""
