"""Taking pictures in, beside the least that anybody must do with them: hash, decode once, make one thumbnail."""
