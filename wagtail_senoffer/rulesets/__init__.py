"""The law, guidance and question sets as data: one TOML file each, and their loader."""

from .loader import Basis, Kind, Ruleset, RulesetError, Rulesets, SectionRule, load, load_file
from .model_answers import model_answer

__all__ = [
    "Basis",
    "Kind",
    "Ruleset",
    "RulesetError",
    "Rulesets",
    "SectionRule",
    "load",
    "load_file",
    "model_answer",
]
