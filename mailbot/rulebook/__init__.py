"""YAML -> `Rulebook`; `judge(dossier, rulebook)` -> `Judgement`."""
