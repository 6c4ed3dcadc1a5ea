"""Still pictures: one decode, many outputs.

`render_pack` is the door. Inside, `decode` opens, `colour` makes sRGB, `scale` resizes and composes, `encode`
and `budget` make bytes of the wanted weight, `workers.media.imprint` writes the metadata block, `validate` re-reads.
"""

from workers.media.image.pack import render_pack

__all__ = ["render_pack"]
