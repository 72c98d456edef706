"""One act for many certificates: asked for once, done bit by bit, stopped and taken up again."""
