"""First names that are common among children in England, and are hardly ever other words.

Left out are those that a report needs otherwise: May, Will, Mark, Summer, Hope, Lark, Rose.
"""

FIRST_NAMES = frozenset(
    """
    Aaliyah Aaron Abdul Abdullah Abigail Adam Adele Ahmed Aidan Aisha Alan Alastair Albert Alex
    Alexander Alexandra Alfie Ali Alice Alicia Amaan Amber Amelia Amina Amir Amy Ananya Andrew
    Angus Anika Anisa Anna Annabel Anthony Archer Archie Aria Arjun Arlo Arthur Arya Asher Ava
    Ayaan Ayesha Aylin Barnaby Bartosz Beatrice Bella Ben Benjamin Bethany Billy Bilal Blake
    Bobby Brandon Caleb Callum Cameron Carter Charlie Charlotte Chloe Christopher Clara Connor
    Cody Cora Daisy Daniel Danny Darcey David Declan Delilah Dexter Dominic Dylan Eden Edith
    Edward Eleanor Elena Eliana Elijah Eliza Elizabeth Ella Ellie Elliot Elliott Elsie Emilia
    Emily Emma Eric Erin Esme Ethan Eva Evan Evelyn Evie Ezra Fatima Felix Finley Finn Florence
    Francesca Francis Frank Frankie Freddie Frederick Freya Gabriel George Georgia Georgie
    Gracie Hamza Hannah Harley Harper Harriet Harris Harrison Harry Harvey Hasan Heidi Helena
    Henry Holly Hudson Hugo Hussain Ibrahim Imogen Imran Isaac Isabel Isabella Isabelle Isla
    Ismail Isra Ivan Jack Jackson Jacob Jaden Jake Jakub James Jamie Jasmine Jaxon Jayden Jenson
    Jeremiah Jessica Joe Joel John Jonah Jonathan Joseph Josh Joshua Jude Julia Kai Kaiden Karol
    Katie Kayla Khadija Kian Kieran Kyle Lacey Laila Lara Laura Layla Lena Leo Leon Leonardo Levi
    Lewis Lexi Liam Lila Lilly Lily Logan Lola Lottie Louie Louis Luca Lucas Lucy Luka Luke Luna
    Lydia Lyla Mabel Maddison Madison Maisie Maja Margot Maria Maryam Mason Mateusz Matilda
    Matthew Max Maya Megan Mia Michael Michal Mila Millie Milo Mohamed Mohammad Mohammed Mollie
    Molly Muhammad Musa Mustafa Myla Nancy Natalia Nathan Nathaniel Niamh Nicole Noah Nora Oakley
    Olive Oliver Olivia Ollie Oscar Otis Otto Owen Patrick Penelope Peter Phoebe Phoenix Priya
    Quinn Rafael Ralph Rayan Rebecca Reggie Remi Reuben Rhys Riley Robert Robyn Roman Ronnie
    Rory Rosie Rowan Ruben Rupert Ryan Saanvi Sadie Salma Sam Samantha Samuel Sara Sarah Scarlett
    Sebastian Seth Shane Sienna Simran Sofia Sonny Sophia Sophie Spencer Stanley Stefan Summaya
    Sumaya Szymon Tahlia Teddy Theo Theodore Thomas Tobias Toby Tom Tommy Tyler Umar Victoria
    Vincent William Willow Wiktoria Wojciech Xander Yahya Yasmin Yusuf Zac Zachary Zahra Zainab
    Zara Zayn Zoe Zofia Zoya Zuzanna
    """.split()  # noqa: SIM905
)
