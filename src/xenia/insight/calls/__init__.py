"""Mobile call data: how many people left their homes, from aggregates that an operator makes and nothing per person."""
