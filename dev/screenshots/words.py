"""What the shop of the pictures sells, to whom, and how it calls things, in each language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str
    #: Odoo's name of the language.
    locale: str
    company: str
    street: str
    city: str
    cash_desk: str
    accountant: str
    payer_text: str
    #: What is sold, and for how many kopecks.
    lessons: tuple[tuple[str, int], ...]
    #: The customer at the desk, the one with a telephone, and the others.
    customers: tuple[str, ...]


RUSSIAN = Words(
    language='ru',
    locale='ru_RU',
    company='ООО «Ромашка»',
    street='ул. Садовая, д. 5',
    city='Москва',
    cash_desk='Расчётный счёт',
    accountant='Елена Волкова',
    payer_text='<p>Оплата занятий в школе «Ромашка». Кассовый чек придёт на вашу почту.</p>',
    lessons=(
        ('Английский язык, 8 занятий', 5_600_00),
        ('Шахматы, групповые занятия', 3_200_00),
        ('Подготовка к ОГЭ по математике', 7_450_00),
        ('Рисунок и живопись, месяц', 4_300_00),
    ),
    customers=('Анна Петрова', 'Иван Смирнов', 'Ольга Кузнецова', 'Дмитрий Соколов'),
)
ENGLISH = Words(
    language='en',
    locale='en_US',
    company='Romashka LLC',
    street='5 Sadovaya St.',
    city='Moscow',
    cash_desk='Settlement Account',
    accountant='Elena Volkova',
    payer_text='<p>Lessons at the Romashka school. The receipt comes to your e-mail.</p>',
    lessons=(
        ('English, 8 lessons', 5_600_00),
        ('Chess, group lessons', 3_200_00),
        ('Mathematics, exam preparation', 7_450_00),
        ('Drawing and painting, a month', 4_300_00),
    ),
    customers=('Anna Petrova', 'Ivan Smirnov', 'Olga Kuznetsova', 'Dmitry Sokolov'),
)
WORDS = (ENGLISH, RUSSIAN)
