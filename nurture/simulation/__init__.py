"""A year and more of somebody's nurturing in seconds: the real engine on a clock that jumps."""
