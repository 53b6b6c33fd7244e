"""Records of logs as the learner needs them: found, read, and believed by where they stand."""
