"""Trading: the pure core, and the shell that keeps its promises."""
