"""Letters on paper: from what a step wrote to what stands where on the page; pure."""
