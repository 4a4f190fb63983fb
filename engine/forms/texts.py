"""What is said of a wrong answer, in the three languages of staff."""

from __future__ import annotations

_TEXTS: dict[str, dict[str, str]] = {
    "fr": {
        "required": "Répondez à « {field} ».",
        "type": "La réponse à « {field} » n'a pas la forme attendue.",
        "number": "« {field} » attend un nombre, par exemple 1 500 ou 1500,50.",
        "date": "« {field} » attend une date, par exemple 2026-11-30.",
        "option": "Choisissez une des réponses proposées pour « {field} ».",
        "minimum": "« {field} » doit être au moins {least}.",
        "maximum": "« {field} » doit être au plus {most}.",
        "digits": "« {field} » a au plus {most} décimales.",
        "long": "« {field} » a {length} caractères ; {most} au plus sont possibles.",
        "short": "« {field} » demande au moins {least} caractères.",
        "signs": "« {field} » contient des signes qui ne peuvent pas être enregistrés.",
        "pattern": "« {field} » n'a pas la forme attendue.",
        "rows": "« {field} » a trop de lignes ; {most} au plus sont possibles.",
        "ambiguous": "« {field} » : écrivez {plain} sans virgule, ou les décimales après un point.",
        "past": "« {field} » doit être aujourd'hui ou plus tard.",
        "email": "« {field} » attend une adresse de courriel, par exemple nom@exemple.org.",
        "phone": "« {field} » attend un numéro de téléphone, par exemple +237 6 00 00 00 00.",
    },
    "en": {
        "required": "Answer “{field}”.",
        "type": "The answer to “{field}” does not have the expected form.",
        "number": "“{field}” must be a number, for example 1500 or 1500.50.",
        "date": "“{field}” must be a date, for example 2026-11-30.",
        "option": "Choose one of the answers offered for “{field}”.",
        "minimum": "“{field}” must be at least {least}.",
        "maximum": "“{field}” must be at most {most}.",
        "digits": "“{field}” has at most {most} decimals.",
        "long": "“{field}” has {length} characters; at most {most} are possible.",
        "short": "“{field}” needs at least {least} characters.",
        "signs": "“{field}” contains characters that cannot be kept.",
        "pattern": "“{field}” does not have the expected form.",
        "rows": "“{field}” has too many rows; at most {most} are possible.",
        "ambiguous": "“{field}”: write {plain} without a comma, or its decimals after a point.",
        "past": "“{field}” must be today or later.",
        "email": "“{field}” must be an e-mail address, for example name@example.org.",
        "phone": "“{field}” must be a telephone number, for example +237 6 00 00 00 00.",
    },
    "ar": {
        "required": "أجب عن «{field}».",
        "type": "الجواب عن «{field}» ليس بالشكل المطلوب.",
        "number": "يجب أن يكون «{field}» رقمًا، مثل 1500 أو 1500.50.",
        "date": "يجب أن يكون «{field}» تاريخًا، مثل 2026-11-30.",
        "option": "اختر أحد الأجوبة المقترحة لـ«{field}».",
        "minimum": "يجب ألا يقل «{field}» عن {least}.",
        "maximum": "يجب ألا يزيد «{field}» على {most}.",
        "digits": "يقبل «{field}» {most} من الأرقام العشرية على الأكثر.",
        "long": "يحتوي «{field}» على {length} حرفًا؛ الحد الأقصى {most}.",
        "short": "يتطلب «{field}» {least} حرفًا على الأقل.",
        "signs": "يحتوي «{field}» على رموز لا يمكن حفظها.",
        "pattern": "«{field}» ليس بالشكل المطلوب.",
        "rows": "يحتوي «{field}» على أسطر كثيرة؛ الحد الأقصى {most}.",
        "ambiguous": "«{field}»: اكتب {plain} بدون فاصلة، أو الأجزاء العشرية بعد نقطة.",
        "past": "يجب أن يكون «{field}» اليوم أو بعده.",
        "email": "يجب أن يكون «{field}» عنوان بريد إلكتروني، مثل name@example.org.",
        "phone": "يجب أن يكون «{field}» رقم هاتف، مثل \u2066+237 6 00 00 00 00\u2069.",
    },
}
LOCALES = tuple(_TEXTS)


def told(locale: str, name: str, **figures: object) -> str:
    """Return the sentence for a wrong answer, in French where the language is not known."""
    return _TEXTS.get(locale, _TEXTS["fr"])[name].format(**figures)
