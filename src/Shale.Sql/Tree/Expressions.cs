namespace Shale.Sql;

/// <summary>Anything that has a value.</summary>
public abstract record Expr : SqlNode;

/// <summary>What a <see cref="Literal"/> is.</summary>
public enum LiteralKind
{
    /// <summary>NULL.</summary>
    Null,

    /// <summary>TRUE.</summary>
    True,

    /// <summary>FALSE.</summary>
    False,

    /// <summary>Digits, or 0x and hex digits in SQLite; never negative.</summary>
    Integer,

    /// <summary>Digits with a point or an exponent.</summary>
    Number,

    /// <summary>A string, escapes resolved.</summary>
    String,

    /// <summary>SQLite's x'…': hex digits.</summary>
    Blob,

    /// <summary>PostgreSQL's b'…': binary digits.</summary>
    Bits,
}

/// <summary>A constant.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its value as text, without quotes; empty for NULL, TRUE and FALSE.</param>
public sealed record Literal(LiteralKind Kind, string Text = "") : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>A constant with its type in front: <c>DATE '2024-01-01'</c>, <c>INTERVAL '1' DAY</c>.</summary>
/// <param name="Type">The type; for intervals the fields stand in the name: <c>interval day</c>.</param>
/// <param name="Text">The string.</param>
public sealed record TypedLiteral(TypeName Type, string Text) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Type, out var type) ? this with { Type = type! } : this;
}

/// <summary>The special form <c>INTERVAL $1 DAY</c> of seed 001: a number of units that is not a constant.</summary>
/// <param name="Value">How many.</param>
/// <param name="Unit">Lower case, singular: year, month, week, day, hour, minute, second.</param>
public sealed record IntervalExpr(Expr Value, string Unit) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Value, out var value) ? this with { Value = value! } : this;
}

/// <summary>How a parameter was written.</summary>
public enum ParameterStyle
{
    /// <summary><c>$1</c></summary>
    Dollar,

    /// <summary><c>?</c></summary>
    Question,

    /// <summary><c>?1</c></summary>
    QuestionNumber,

    /// <summary><c>:name</c></summary>
    Colon,

    /// <summary><c>@name</c></summary>
    At,

    /// <summary><c>$name</c>, SQLite only.</summary>
    DollarName,
}

/// <summary>A placeholder.</summary>
/// <param name="Style">How it was written.</param>
/// <param name="Index">1-based place in the list of values; equal names have one index, in order of first appearance.</param>
/// <param name="Name">Without the sign in front; null for positional ones.</param>
public sealed record Parameter(ParameterStyle Style, int Index, string? Name = null) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>A column: <c>[[schema.]table.]column</c>. In PostgreSQL also a whole row, if the name is that of a table.</summary>
public sealed record ColumnRef(Identifier? Schema, Identifier? Table, Identifier Column) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Schema, out var schema) | mapper.On(Table, out var table) | mapper.On(Column, out var column)
            ? this with { Schema = schema, Table = table, Column = column! } : this;
}

/// <summary><c>*</c> or <c>t.*</c>, in select lists and RETURNING.</summary>
public sealed record Star(Identifier? Schema, Identifier? Table) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Schema, out var schema) | mapper.On(Table, out var table) ? this with { Schema = schema, Table = table } : this;
}

/// <summary>An operator before its operand: <c>-</c>, <c>+</c>, <c>~</c>, <c>NOT</c>, <c>@</c>, <c>|/</c> ….</summary>
public sealed record Unary(string Op, Expr Operand) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Operand, out var operand) ? this with { Operand = operand! } : this;
}

/// <summary>
/// An operator between two operands, in its canonical spelling: <c>AND OR = &lt;&gt; &lt; &lt;= &gt; &gt;= + - * / % ^ || -&gt; -&gt;&gt; #&gt; #&gt;&gt; @&gt; &lt;@ ? ?| ?&amp;
/// &amp; | # &lt;&lt; &gt;&gt; ~ ~* !~ !~* @@ IS, IS NOT, IS DISTINCT FROM, IS NOT DISTINCT FROM, AT TIME ZONE</c>, and PostgreSQL's others as written.
/// <c>==</c> is read as <c>=</c>, <c>!=</c> as <c>&lt;&gt;</c>. <c>IS TRUE</c> is IS with a literal.
/// </summary>
public sealed record Binary(string Op, Expr Left, Expr Right) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Left, out var left) | mapper.On(Right, out var right) ? this with { Left = left!, Right = right! } : this;

    /// <summary>Same operators and operands. Chains from the left are compared in a loop: they can be thousands of terms long.</summary>
    public bool Equals(Binary? other)
    {
        var mine = this;
        while (true)
        {
            if (ReferenceEquals(mine, other)) return true;
            if (other is null || mine.Op != other.Op || !mine.Right.Equals(other.Right)) return false;
            if (mine.Left is not Binary left || other.Left is not Binary otherLeft) return mine.Left.Equals(other.Left);
            (mine, other) = (left, otherLeft);
        }
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        Expr node = this;
        for (; node is Binary binary; node = binary.Left)
        {
            hash.Add(binary.Op);
            hash.Add(binary.Right);
        }

        hash.Add(node);
        return hash.ToHashCode();
    }
}

/// <summary><c>x IS NULL</c>, <c>ISNULL</c>, <c>NOTNULL</c>.</summary>
public sealed record IsNull(Expr Operand, bool Not) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Operand, out var operand) ? this with { Operand = operand! } : this;
}

/// <summary><c>x [NOT] BETWEEN [SYMMETRIC] low AND high</c>.</summary>
public sealed record Between(Expr Operand, Expr Low, Expr High, bool Not, bool Symmetric = false) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Low, out var low) | mapper.On(High, out var high)
            ? this with { Operand = operand!, Low = low!, High = high! } : this;
}

/// <summary><c>x [NOT] IN (a, b, …)</c>; SQLite allows the empty list.</summary>
public sealed record InList(Expr Operand, NodeList<Expr> Items, bool Not) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Items, out var items) ? this with { Operand = operand!, Items = items } : this;
}

/// <summary><c>x [NOT] IN (SELECT …)</c>.</summary>
public sealed record InQuery(Expr Operand, SelectStatement Query, bool Not) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Query, out var query) ? this with { Operand = operand!, Query = query! } : this;
}

/// <summary>SQLite's <c>x [NOT] IN table</c> or <c>IN function(…)</c>.</summary>
public sealed record InTable(Expr Operand, TableExpr Table, bool Not) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Table, out var table) ? this with { Operand = operand!, Table = table! } : this;
}

/// <summary>Which pattern language a <see cref="Like"/> uses.</summary>
public enum LikeKind
{
    /// <summary>LIKE</summary>
    Like,

    /// <summary>ILIKE</summary>
    ILike,

    /// <summary>SIMILAR TO</summary>
    SimilarTo,

    /// <summary>SQLite's GLOB</summary>
    Glob,

    /// <summary>SQLite's REGEXP</summary>
    Regexp,

    /// <summary>SQLite's MATCH</summary>
    Match,
}

/// <summary><c>x [NOT] LIKE pattern [ESCAPE c]</c> and its kin.</summary>
public sealed record Like(LikeKind Kind, Expr Operand, Expr Pattern, Expr? Escape, bool Not) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Pattern, out var pattern) | mapper.On(Escape, out var escape)
            ? this with { Operand = operand!, Pattern = pattern!, Escape = escape } : this;
}

/// <summary><c>x op ANY (…)</c>, <c>x op ALL (…)</c>: over a <see cref="Subquery"/> or an array.</summary>
public sealed record Quantified(Expr Left, string Op, bool All, Expr Right) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Left, out var left) | mapper.On(Right, out var right) ? this with { Left = left!, Right = right! } : this;
}

/// <summary><c>EXISTS (SELECT …)</c>.</summary>
public sealed record Exists(SelectStatement Query) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Query, out var query) ? this with { Query = query! } : this;
}

/// <summary>A query that stands for its one value, or for a row.</summary>
public sealed record Subquery(SelectStatement Query) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Query, out var query) ? this with { Query = query! } : this;
}

/// <summary><c>ARRAY(SELECT …)</c>.</summary>
public sealed record ArraySubquery(SelectStatement Query) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Query, out var query) ? this with { Query = query! } : this;
}

/// <summary><c>ARRAY[a, b, …]</c>; inner ones may stand without the word.</summary>
public sealed record ArrayConstructor(NodeList<Expr> Items) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Items, out var items) ? this with { Items = items } : this;
}

/// <summary><c>x[i]</c>, <c>x[i:j]</c>.</summary>
/// <param name="Operand">The array.</param>
/// <param name="Index">The subscript, or the lower bound of a slice; null if left out.</param>
/// <param name="Upper">The upper bound of a slice; null if left out.</param>
/// <param name="Slice">Whether it is a slice.</param>
public sealed record Subscript(Expr Operand, Expr? Index, Expr? Upper, bool Slice) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Index, out var index) | mapper.On(Upper, out var upper)
            ? this with { Operand = operand!, Index = index, Upper = upper } : this;
}

/// <summary><c>(x).field</c>; a null field is <c>(x).*</c>.</summary>
public sealed record FieldAccess(Expr Operand, Identifier? FieldName) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(FieldName, out var field) ? this with { Operand = operand!, FieldName = field } : this;
}

/// <summary><c>(a, b)</c> or <c>ROW(a, b)</c>.</summary>
public sealed record RowConstructor(NodeList<Expr> Items, bool Keyword) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Items, out var items) ? this with { Items = items } : this;
}

/// <summary><c>CASE [x] WHEN … THEN … [ELSE …] END</c>.</summary>
public sealed record Case(Expr? Operand, NodeList<WhenClause> Whens, Expr? Else) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Whens, out var whens) | mapper.On(Else, out var otherwise)
            ? this with { Operand = operand, Whens = whens, Else = otherwise } : this;
}

/// <summary>One arm of a <see cref="Case"/>.</summary>
public sealed record WhenClause(Expr Condition, Expr Result) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Condition, out var condition) | mapper.On(Result, out var result) ? this with { Condition = condition!, Result = result! } : this;
}

/// <summary><c>CAST(x AS t)</c>, <c>x::t</c>.</summary>
public sealed record Cast(Expr Operand, TypeName Type) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Type, out var type) ? this with { Operand = operand!, Type = type! } : this;
}

/// <summary><c>x COLLATE c</c>.</summary>
public sealed record Collate(Expr Operand, ObjectName Collation) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Operand, out var operand) | mapper.On(Collation, out var collation)
            ? this with { Operand = operand!, Collation = collation! } : this;
}

/// <summary><c>EXTRACT(field FROM x)</c>.</summary>
/// <param name="FieldName">Lower case: epoch, year, dow, ….</param>
/// <param name="Source">The date, time or interval.</param>
public sealed record Extract(string FieldName, Expr Source) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Source, out var source) ? this with { Source = source! } : this;
}

/// <summary>
/// A call. The special forms of the standard are calls of the function they name: SUBSTRING(x FROM a FOR b) is <c>substring(x, a, b)</c>,
/// TRIM is <c>btrim</c>, <c>ltrim</c> or <c>rtrim</c>, POSITION(a IN b) is <c>position(b, a)</c> in PostgreSQL's order of arguments, OVERLAY is <c>overlay</c>.
/// </summary>
/// <param name="Name">The function; unquoted names in lower case in both dialects.</param>
/// <param name="Args">Empty for <c>count(*)</c>, which has <see cref="IsStar"/>.</param>
public sealed record FunctionCall(ObjectName Name, NodeList<Expr> Args) : Expr
{
    /// <summary><c>f(*)</c>.</summary>
    public bool IsStar { get; init; }

    /// <summary><c>f(DISTINCT …)</c>.</summary>
    public bool Distinct { get; init; }

    /// <summary><c>current_date</c> and its kin, written without parentheses.</summary>
    public bool NoParentheses { get; init; }

    /// <summary>The last argument is <c>VARIADIC</c>.</summary>
    public bool Variadic { get; init; }

    /// <summary>Names of arguments passed by name, as many as <see cref="Args"/>, null for those by position; empty if none is named.</summary>
    public NodeList<string?> ArgNames { get; init; } = NodeList<string?>.Empty;

    /// <summary>ORDER BY inside the parentheses, or after WITHIN GROUP.</summary>
    public NodeList<OrderItem> OrderBy { get; init; } = NodeList<OrderItem>.Empty;

    /// <summary>Whether <see cref="OrderBy"/> is that of WITHIN GROUP.</summary>
    public bool WithinGroup { get; init; }

    /// <summary><c>FILTER (WHERE …)</c>.</summary>
    public Expr? Filter { get; init; }

    /// <summary><c>OVER …</c>.</summary>
    public WindowSpec? Over { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Args, out var args) | mapper.On(OrderBy, out var orderBy) | mapper.On(Filter, out var filter)
            | mapper.On(Over, out var over)
            ? this with { Name = name!, Args = args, OrderBy = orderBy, Filter = filter, Over = over } : this;
}

/// <summary>The word DEFAULT in VALUES and SET.</summary>
public sealed record DefaultValue : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}
