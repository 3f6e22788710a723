PostgreSQL to SQLite on the tree: typed translation, and the functions that give it meaning
