"""Makes videos: normalises a clip once, then every version of it from one decode.

Import from the modules: `shapes` holds the records, `mezzanine` the clip that everything else starts from, `survey`
what was seen and heard in it, `render` its versions. Nothing is imported here, so that whoever only needs the shapes
stays small.
"""
