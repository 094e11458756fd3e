"""An invented English office and article, for looking at notices."""

from mailbot.languages.samples import SampleWords

SAMPLES = SampleWords(locked_words=": cannot be opened without its password; please send it again without one")
