"""What simulated people say, think and are asked."""

from __future__ import annotations

TALK = (
    "Where I work, the police station is two hours away and the court is a day. People settle things among themselves, "
    "and the strongest settle best.",
    "We were asked for our views three times and never heard what became of them. The fourth time nobody came.",
    "A land title means nothing when the office that keeps the register can be bought. Publish the register.",
    "My grandmother knew who to call when the river rose. Now there is a hotline, and nobody answers it.",
    "Young people do not lack interest. They lack a seat where the decision is really taken.",
    "If you want the displaced to speak, pay for the day they lose, and do not print their names.",
    "The first visit is for the camera. What builds trust is the second visit, and the third.",
    "Business can live with strict rules. What it cannot live with is rules that change with the minister.",
    "Journalists in my country write what they know in drafts that are never printed. Protect the drafts.",
    "Painters in our town asked one question on every wall: who decided this? It is still a good question.",
    "Security that is only counted in soldiers is counted wrong. Count the wells that work.",
    "We promised a follow-up last year. Let us begin with what we kept of it.",
)
IDEAS = (
    "Publish every land deal in the languages spoken where the land is.",
    "Pay people for the working day they lose when they testify.",
    "Rotate the chair of every panel between groups, by lot.",
    "One public page a promise: who made it, by when, what became of it.",
    "Let villages choose their own observer for water talks.",
    "Fund safe phones for those who report abuses.",
    "No conference without those it talks about, in the hall or on a safe line.",
    "Teach mediation in every police school.",
    "A yearly hearing where ministers answer the displaced, live.",
    "Translate decisions within three days, not three months.",
)
POLLS = (
    ("one", "What should we begin with?", "Water\nLand registers\nSafe reporting\nYouth seats"),
    ("scale", "How much do you trust the process so far?", ""),
    ("ranking", "In which order should these be funded?", "Mediators\nOpen registers\nSafe phones"),
)
NAMES = ("Asha", "Tomas", "Mei", "Yusuf", "Lena", "Kofi", "Ines", "Noor", "Pavel", "Rosa", "Emeka", "Sofia")
