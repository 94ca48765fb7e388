"""The contract: what flows through each topic, in every version."""
