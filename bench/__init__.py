"""What nurture costs, measured as ratios of one run against goals."""
