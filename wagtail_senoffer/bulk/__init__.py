"""For many schools at once: remind, ask for a review, publish again, take down."""
