namespace Shale.Cli.Demo;

/// <summary>
/// WordNet as tables. Synsets are sharded by their id; their senses and pointers live on the same shard. Words are sharded by a number from a sequence.
/// The small vocabularies are reference tables: on every shard.
/// </summary>
internal sealed class DemoTables
{
    // Manual page wndb(5WN), ss_type.
    private static readonly (string Code, string Name)[] PartsOfSpeech =
        [("n", "noun"), ("v", "verb"), ("a", "adjective"), ("s", "adjective satellite"), ("r", "adverb")];

    // Manual page wninput(5WN), pointer symbols.
    private static readonly (string Symbol, string Name)[] Relations =
    [
        ("!", "antonym"), ("@", "hypernym"), ("@i", "instance hypernym"), ("~", "hyponym"), ("~i", "instance hyponym"),
        ("#m", "member holonym"), ("#s", "substance holonym"), ("#p", "part holonym"), ("%m", "member meronym"), ("%s", "substance meronym"),
        ("%p", "part meronym"), ("=", "attribute"), ("+", "derivationally related form"), (";c", "topic"), ("-c", "member of this topic"),
        (";r", "region"), ("-r", "member of this region"), (";u", "usage"), ("-u", "member of this usage"), ("*", "entailment"), (">", "cause"),
        ("^", "also see"), ("$", "verb group"), ("&", "similar to"), ("<", "participle of verb"), ("\\", "pertainym, or derived from adjective"),
    ];

    private readonly WordNet _data;
    private readonly List<string> _words;

    /// <summary>Derives the tables from the data.</summary>
    public DemoTables(WordNet data)
    {
        _data = data;
        _words = data.Words();
        All = [.. Vocabularies(), Words(), Synsets(), Senses(), Pointers()];
        RowCount = All.Sum(table => table.RowCount);
    }

    /// <summary>The tables, parents first.</summary>
    public IReadOnlyList<DemoTable> All { get; }

    /// <summary>All rows of all tables.</summary>
    public int RowCount { get; }

    /// <summary>The numbers that words got; filled while the words are loaded, read by the senses.</summary>
    public Dictionary<string, long> WordIds { get; } = new(StringComparer.Ordinal);

    private IEnumerable<DemoTable> Vocabularies()
    {
        yield return Reference("parts_of_speech", "code text PRIMARY KEY, name text NOT NULL", ["code", "name"],
            [.. PartsOfSpeech.Select(each => new[] { SqlValue.Text(each.Code), SqlValue.Text(each.Name) })]);
        yield return Reference("relations", "symbol text PRIMARY KEY, name text NOT NULL", ["symbol", "name"],
            [.. Relations.Select(each => new[] { SqlValue.Text(each.Symbol), SqlValue.Text(each.Name) })]);
        yield return Reference("lexical_domains", "id int PRIMARY KEY, name text NOT NULL, contents text NOT NULL", ["id", "name", "contents"],
            [.. _data.Domains.Select(each => new[] { SqlValue.Integer(each.Id), SqlValue.Text(each.Name), SqlValue.Text(each.Contents) })]);
    }

    private static DemoTable Reference(string name, string columns, string[] names, List<SqlValue[]> rows) =>
        new(name, $"CREATE TABLE {name} ({columns}) WITH (reference = true)", $"CREATE TABLE {name} ({columns})", names, rows.Count, () => rows)
        {
            Placement = "reference: all rows on every shard",
        };

    private DemoTable Words() => new("words",
        "CREATE TABLE words (id bigserial PRIMARY KEY, lemma text NOT NULL)",
        "CREATE TABLE words (id INTEGER PRIMARY KEY, lemma text NOT NULL)",
        ["lemma"], _words.Count, () => _words.Select(word => new[] { SqlValue.Text(word) }), Returning: "id")
    {
        Placement = "sharded by id, numbered by a sequence",
    };

    private DemoTable Synsets() => Sharded("synsets", """
        id bigint PRIMARY KEY, pos text NOT NULL REFERENCES parts_of_speech, domain_id int NOT NULL REFERENCES lexical_domains, gloss text NOT NULL
        """, "id", ["id", "pos", "domain_id", "gloss"], _data.Synsets.Count, () => _data.Synsets.Select(synset => new[]
        {
            SqlValue.Integer(synset.Id), SqlValue.Text(synset.PartOfSpeech), SqlValue.Integer(synset.Domain), SqlValue.Text(synset.Gloss),
        }));

    private DemoTable Senses() => Sharded("senses", """
        synset_id bigint NOT NULL REFERENCES synsets, word_no int NOT NULL, word_id bigint NOT NULL, lemma text NOT NULL, PRIMARY KEY (synset_id, word_no)
        """, "synset_id", ["synset_id", "word_no", "word_id", "lemma"], _data.Synsets.Sum(synset => synset.Words.Length), SenseRows);

    private IEnumerable<SqlValue[]> SenseRows()
    {
        foreach (var synset in _data.Synsets)
        {
            for (var i = 0; i < synset.Words.Length; i++)
            {
                var word = synset.Words[i];
                yield return [SqlValue.Integer(synset.Id), SqlValue.Integer(i + 1), SqlValue.Integer(WordIds[word.ToLowerInvariant()]), SqlValue.Text(word)];
            }
        }
    }

    private DemoTable Pointers() => Sharded("pointers", """
        source_id bigint NOT NULL REFERENCES synsets, pointer_no int NOT NULL, symbol text NOT NULL REFERENCES relations,
          target_id bigint NOT NULL, source_word int NOT NULL, target_word int NOT NULL, PRIMARY KEY (source_id, pointer_no)
        """, "source_id", ["source_id", "pointer_no", "symbol", "target_id", "source_word", "target_word"],
        _data.Synsets.Sum(synset => synset.Pointers.Length), PointerRows);

    private IEnumerable<SqlValue[]> PointerRows()
    {
        foreach (var synset in _data.Synsets)
        {
            for (var i = 0; i < synset.Pointers.Length; i++)
            {
                var pointer = synset.Pointers[i];
                yield return
                [
                    SqlValue.Integer(synset.Id), SqlValue.Integer(i + 1), SqlValue.Text(pointer.Symbol), SqlValue.Integer(pointer.Target),
                    SqlValue.Integer(pointer.SourceWord), SqlValue.Integer(pointer.TargetWord),
                ];
            }
        }
    }

    private static DemoTable Sharded(string name, string columns, string key, string[] names, int count, Func<IEnumerable<SqlValue[]>> rows) =>
        new(name, $"CREATE TABLE {name} ({columns}) WITH (shard_key = '{key}')", $"CREATE TABLE {name} ({columns})", names, count, rows)
        {
            Placement = $"sharded by {key}",
        };
}
