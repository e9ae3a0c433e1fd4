"""A question in plain English becomes calls, frames and an answer: with a model, or by keywords when there is none."""
