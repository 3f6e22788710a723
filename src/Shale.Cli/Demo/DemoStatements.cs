namespace Shale.Cli.Demo;

/// <summary>What the demo asks. 102084071 is the synset of the animal "dog".</summary>
internal static class DemoStatements
{
    /// <summary>The queries, from the cheapest kind of plan to the dearest.</summary>
    public static IReadOnlyList<DemoStatement> Queries { get; } =
    [
        new("One row by its key", """
            SELECT id, pos, gloss FROM synsets WHERE id = 102084071
            """) { Remark = "The key says which shard has the row, and only that one is asked." },
        new("A join inside one shard", """
            SELECT s.word_no, s.lemma, d.name AS domain, y.gloss
            FROM synsets y
            JOIN senses s ON s.synset_id = y.id
            JOIN lexical_domains d ON d.id = y.domain_id
            WHERE y.id = 102084071
            ORDER BY s.word_no
            """) { Remark = "Senses live with their synset, and lexical_domains is on every shard: one shard is still enough." },
        new("The longest explanations", """
            SELECT id, length(gloss) AS characters, gloss
            FROM synsets
            ORDER BY length(gloss) DESC, id
            LIMIT 5
            """) { Remark = "Every shard sorts and gives its first five, the gate merges them." },
        new("Synsets by part of speech", """
            SELECT p.name, count(*) AS synsets, min(length(y.gloss)) AS shortest,
                   max(length(y.gloss)) AS longest, sum(length(y.gloss)) AS characters
            FROM synsets y
            JOIN parts_of_speech p ON p.code = y.pos
            GROUP BY p.name
            ORDER BY synsets DESC
            """) { Remark = "Every shard counts its own rows, the gate adds the partial results." },
        new("The richest fields of meaning", """
            SELECT d.name, d.contents, count(*) AS words
            FROM synsets y
            JOIN senses s ON s.synset_id = y.id
            JOIN lexical_domains d ON d.id = y.domain_id
            GROUP BY d.name, d.contents
            HAVING count(*) > 10000
            ORDER BY words DESC
            """) { Remark = "The join stays inside the shards; HAVING applies to the merged groups." },
        new("Meanings of a word: a join across shards", """
            SELECT y.id, y.pos, y.gloss
            FROM words w
            JOIN senses s ON s.word_id = w.id
            JOIN synsets y ON y.id = s.synset_id
            WHERE w.lemma = 'dog'
            ORDER BY y.id
            """) { Remark = "Words and senses have different keys, so the needed columns are brought together and joined at the gate." },
        new("A window over all shards", """
            SELECT pos, place, lemma, meanings
            FROM (
              SELECT y.pos, s.lemma, count(*) AS meanings,
                     rank() OVER (PARTITION BY y.pos ORDER BY count(*) DESC, s.lemma) AS place
              FROM senses s JOIN synsets y ON y.id = s.synset_id
              GROUP BY y.pos, s.lemma
            ) AS ranked
            WHERE place <= 2
            ORDER BY pos, place
            """) { Remark = "The words with most meanings, by part of speech." },
        new("From dog to entity: a recursive query", """
            WITH RECURSIVE up (id, depth) AS (
              SELECT CAST(102084071 AS bigint), 0
              UNION
              SELECT p.target_id, up.depth + 1
              FROM up JOIN pointers p ON p.source_id = up.id
              WHERE p.symbol = '@'
            )
            SELECT up.depth, s.lemma, up.id
            FROM up JOIN senses s ON s.synset_id = up.id AND s.word_no = 1
            ORDER BY up.depth, up.id
            """) { Remark = "Each step leads to another shard. WordNet has two ways up: dogs are canines, and domestic animals." },
        new("What most others refer to: a correlated subquery", """
            SELECT y.id, (SELECT s.lemma FROM senses s WHERE s.synset_id = y.id AND s.word_no = 1) AS word,
                   (SELECT count(*) FROM pointers p WHERE p.target_id = y.id AND p.symbol = '@') AS kinds
            FROM synsets y
            WHERE y.domain_id = 3
            ORDER BY kinds DESC, y.id
            LIMIT 5
            """) { Remark = "Of the most general nouns, those with most kinds. Pointers live with their source, so those to one target are on all shards." },
        new("Animals that are also food: a set operation", """
            SELECT s.lemma FROM senses s JOIN synsets y ON y.id = s.synset_id WHERE y.domain_id = 5
            INTERSECT
            SELECT s.lemma FROM senses s JOIN synsets y ON y.id = s.synset_id WHERE y.domain_id = 13
            ORDER BY lemma
            LIMIT 8
            """),
    ];

    /// <summary>New words; the sequence numbers them.</summary>
    public static DemoStatement Insert { get; } = new("New rows, numbered by a sequence", """
        INSERT INTO words (lemma) VALUES ('shale cluster'), ('vindex'), ('keyspace id') RETURNING id, lemma
        """) { Remark = "Each row goes to the shard of its own number; together they are one transaction.", IsCompared = false };

    /// <summary>The statements of the transaction.</summary>
    public static IReadOnlyList<string> Transaction { get; } =
    [
        "UPDATE synsets SET gloss = upper(gloss) WHERE domain_id = 3",
        "DELETE FROM pointers WHERE symbol = '<'",
        "SELECT count(*) AS shouting FROM synsets WHERE gloss = upper(gloss)",
    ];

    /// <summary>How the gate would run a statement.</summary>
    public static DemoStatement Explain { get; } = new("How a statement runs", """
        VEXPLAIN PLAN SELECT domain_id, count(*) FROM synsets WHERE pos = 'n' GROUP BY domain_id
        """) { Remark = "Every shard by its key range, with the SQL it gets.", IsCompared = false };

    /// <summary>The aggregates that are computed by both at the end, when all writes are done.</summary>
    public static IReadOnlyList<DemoStatement> Aggregates { get; } =
    [
        new("parts_of_speech", "SELECT count(*), min(code), max(name) FROM parts_of_speech"),
        new("relations", "SELECT count(*), min(symbol), max(name) FROM relations"),
        new("lexical_domains", "SELECT count(*), sum(id), min(name), max(contents) FROM lexical_domains"),
        new("words", "SELECT count(*), count(DISTINCT lemma), min(lemma), max(lemma), sum(length(lemma)) FROM words"),
        new("synsets", "SELECT count(*), sum(domain_id), min(id), max(id), sum(length(gloss)), min(gloss), max(gloss) FROM synsets"),
        new("senses", "SELECT count(*), sum(word_no), min(lemma), max(lemma), sum(length(lemma)), count(DISTINCT word_id) FROM senses"),
        new("pointers", "SELECT count(*), sum(pointer_no), sum(source_word), sum(target_word), min(target_id), max(target_id) FROM pointers"),
        new("pointers by relation", """
            SELECT r.name, count(*) AS pointers, count(DISTINCT p.target_id) AS targets
            FROM pointers p JOIN relations r ON r.symbol = p.symbol GROUP BY r.name ORDER BY r.name
            """),
        new("relations between parts of speech", """
            SELECT a.pos AS source, b.pos AS target, count(*) AS pointers
            FROM pointers p JOIN synsets a ON a.id = p.source_id JOIN synsets b ON b.id = p.target_id
            GROUP BY a.pos, b.pos ORDER BY a.pos, b.pos
            """),
        new("senses by word length", """
            SELECT length(w.lemma) AS characters, count(*) AS senses
            FROM words w JOIN senses s ON s.word_id = w.id GROUP BY length(w.lemma) ORDER BY characters
            """),
    ];
}
