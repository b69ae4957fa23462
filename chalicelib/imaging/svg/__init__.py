"""Uploaded SVG, in the order in which a file is read: decoded, parsed, styled, and simplified.

The renderer draws only plain SVG as browsers do. So a file is rewritten in it, or rejected by the
name of what would look different.

refusals    Why a file is rejected, in the words that people read
decoding    The text of a file: its encoding and its entities
tree        A file as a tree of elements, with limits on its size
values      The values of CSS properties, in the syntax that the renderer knows
colors      Colors of CSS
filters     Filters of CSS
transforms  Transformations of CSS
properties  The CSS properties that change how an image looks
selectors   CSS selectors, matched with a limit of steps
rules       The style sheets of a file
styles      Resolves styles into attributes, as browsers do
structure   What browsers draw of a file's elements, and how large the image is
reader      The whole way: bytes in, plain SVG out; and what a file refers to
"""
