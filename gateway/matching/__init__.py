"""One human being behind many descriptions: candidates, evidence, judgement and reversible links."""
