namespace Shale.Sql;

/// <summary>What all parts of one translation share.</summary>
internal sealed class TranslationContext
{
    private readonly int _nowIndex;

    public TranslationContext(Binding binding)
    {
        Binding = binding;
        _nowIndex = binding.ParameterTypes.Count + 1;
        Qualified = binding.Statement is { } statement && (SqlTree.Any(statement, node => node is FunctionCall call && binding.OverloadOf(call) is { Kind: FunctionKind.Set }) || binding.AsksCatalog);
        Expressions = new ExpressionTranslator(this);
        Functions = new FunctionTranslator(this);
        Aggregates = new AggregateTranslator(this);
        Queries = new QueryTranslator(this);
        From = new FromTranslator(this);
        Arrays = new ArrayTranslator(this);
        Numerics = new NumericTranslator(this);
    }

    public Binding Binding { get; }

    public ExpressionTranslator Expressions { get; }

    public FunctionTranslator Functions { get; }

    public AggregateTranslator Aggregates { get; }

    public QueryTranslator Queries { get; }

    public FromTranslator From { get; }

    public ArrayTranslator Arrays { get; }

    public NumericTranslator Numerics { get; }

    /// <summary>Whether the reserved parameter has been used.</summary>
    public int? NowParameter { get; private set; }

    /// <summary>Set while RETURNING is translated: SQLite 3.40 takes every plain column there for not null when it is tested for NULL.</summary>
    public bool InReturning { get; set; }

    /// <summary>Set while RETURNING, CHECK and index keys are translated, where SQLite wants bare column names.</summary>
    public bool Unqualified { get; set; }

    /// <summary>Whether every column is written with its table: rows of functions bring names of their own.</summary>
    public bool Qualified { get; }

    /// <summary>The set-returning functions of the select list that is being translated; null outside one.</summary>
    public SelectListSets? Sets { get; set; }

    /// <summary>How many select lists have had some.</summary>
    public int SetTables { get; set; }

    /// <summary>Common tables that go by another name in SQLite.</summary>
    public Dictionary<CommonTable, Identifier> CommonNames { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The integer primary key of the table that is written, which SQLite would number by itself; null for none.</summary>
    public ColumnSchema? Key { get; set; }

    /// <summary>The table of <see cref="Key"/>.</summary>
    public string KeyTable { get; set; } = "";

    /// <summary>Parameters that are written to it.</summary>
    public List<RequiredParameter> Required { get; } = [];

    /// <summary>The reserved parameter.</summary>
    public Parameter Now()
    {
        NowParameter = _nowIndex;
        return new Parameter(ParameterStyle.QuestionNumber, _nowIndex, TranslationResult.NowName);
    }
}
