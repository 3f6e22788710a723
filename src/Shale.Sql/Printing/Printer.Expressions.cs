using Shale.Sql.Parsing;

namespace Shale.Sql.Printing;

/// <summary>Expressions, with as few parentheses as are surely right.</summary>
internal sealed partial class Printer
{
    /// <summary>Writes the expression, in parentheses if it binds looser than its place needs.</summary>
    private void Expression(Expr expression, int min)
    {
        Guard();
        if (LevelOf(expression) >= min) Bare(expression);
        else Parenthesized(expression);
    }

    private int LevelOf(Expr expression) => expression switch
    {
        Binary { Op: "AND" } => Precedence.And,
        Binary { Op: "OR" } => Precedence.Or,
        Binary { Op: "AT TIME ZONE" } => Precedence.AtTimeZone,
        Binary binary => binary.Op.StartsWith("IS", StringComparison.Ordinal) ? Precedence.IsLevel(dialect) : Precedence.OfOperator(binary.Op, dialect),
        Unary { Op: "NOT" } => Precedence.Not,
        Unary { Op: "+" or "-" } => Precedence.Unary,
        Unary => _postgres ? Precedence.Other : Precedence.Unary,
        IsNull => Precedence.IsLevel(dialect),
        InList list when SingleQuery(list) is not null => Precedence.Equal,
        Between or InList or InQuery or InTable or Like => Precedence.LikeLevel(dialect),
        Quantified quantified => quantified.Op.EndsWith("LIKE", StringComparison.Ordinal)
            ? Precedence.LikeLevel(dialect)
            : Precedence.OfOperator(quantified.Op, dialect),
        Sql.Collate => Precedence.Collate,
        Subscript or FieldAccess => Precedence.Postfix,
        _ => Precedence.Primary,
    };

    /// <summary>What the left operand of an operator of this level must bind like.</summary>
    private int LeftOf(int level) => Precedence.IsNonAssociative(level, dialect) ? level + 1 : level;

    private void Bare(Expr expression)
    {
        switch (expression)
        {
            case Literal literal:
                Constant(literal);
                break;
            case Parameter parameter:
                WriteParameter(parameter);
                break;
            case ColumnRef column:
                Column(column.Schema, column.Table, column.Column);
                break;
            case Star star:
                Column(star.Schema, star.Table, null);
                break;
            case Unary unary:
                WriteUnary(unary);
                break;
            case Binary binary:
                WriteBinary(binary);
                break;
            case FunctionCall call:
                Call(call);
                break;
            case Cast cast:
                Add("CAST(");
                Expression(cast.Operand, 0);
                Add(" AS ");
                Type(cast.Type);
                Add(')');
                break;
            case Case choice:
                Choice(choice);
                break;
            case Sql.Collate collate:
                Expression(collate.Operand, Precedence.Collate);
                Add(" COLLATE ");
                Name(collate.Collation);
                break;
            case Subquery subquery:
                Query(subquery.Query);
                break;
            case Exists exists:
                Add("EXISTS ");
                Query(exists.Query);
                break;
            case RowConstructor row:
                Row(row);
                break;
            case DefaultValue:
                OnlyIn(SqlDialect.Postgres, "DEFAULT as a value");
                Add("DEFAULT");
                break;
            default:
                Predicate(expression);
                break;
        }
    }

    private void Predicate(Expr expression)
    {
        var level = LevelOf(expression);
        switch (expression)
        {
            case IsNull test:
                Expression(test.Operand, test.Operand is IsNull ? level : LeftOf(level));
                Add(test.Not ? " IS NOT NULL" : " IS NULL");
                break;
            case Between between:
                WriteBetween(between, level);
                break;
            case InList list:
                In(list, level);
                break;
            case InQuery query:
                Expression(query.Operand, LeftOf(level));
                Add(query.Not ? " NOT IN " : " IN ");
                Query(query.Query);
                break;
            case InTable table:
                OnlyIn(SqlDialect.Sqlite, "IN with a table");
                Expression(table.Operand, LeftOf(level));
                Add(table.Not ? " NOT IN " : " IN ");
                Table(table.Table);
                break;
            case Like like:
                WriteLike(like, level);
                break;
            default:
                PostgresExpression(expression, level);
                break;
        }
    }

    private void PostgresExpression(Expr expression, int level)
    {
        switch (expression)
        {
            case TypedLiteral literal:
                OnlyIn(SqlDialect.Postgres, $"a constant of type {literal.Type.Name}");
                TypedConstant(literal);
                break;
            case IntervalExpr interval:
                OnlyIn(SqlDialect.Postgres, "INTERVAL");
                Add("INTERVAL ");
                Expression(interval.Value, Precedence.Primary);
                Add(' ').AddUpper(interval.Unit);
                break;
            case Quantified quantified:
                OnlyIn(SqlDialect.Postgres, "ANY and ALL");
                Expression(quantified.Left, LeftOf(level));
                Add(' ').Add(quantified.Op).Add(quantified.All ? " ALL " : " ANY ");
                if (quantified.Right is Subquery subquery) Query(subquery.Query);
                else Parenthesized(quantified.Right);
                break;
            case ArrayConstructor array:
                OnlyIn(SqlDialect.Postgres, "an array");
                Add("ARRAY[");
                List(array.Items, item => Expression(item, 0));
                Add(']');
                break;
            case ArraySubquery array:
                OnlyIn(SqlDialect.Postgres, "an array");
                Add("ARRAY");
                Query(array.Query);
                break;
            case Subscript subscript:
                OnlyIn(SqlDialect.Postgres, "a subscript");
                WriteSubscript(subscript);
                break;
            case FieldAccess access:
                OnlyIn(SqlDialect.Postgres, "a field of a row");
                Parenthesized(access.Operand);
                Add('.');
                if (access.FieldName is { } name) Name(name);
                else Add('*');
                break;
            case Extract extract:
                OnlyIn(SqlDialect.Postgres, "EXTRACT");
                Add("EXTRACT(");
                if (Quoting.NeedsQuotes(extract.FieldName, dialect)) String(extract.FieldName);
                else Add(extract.FieldName);
                Add(" FROM ");
                Expression(extract.Source, 0);
                Add(')');
                break;
            case GroupingSet set:
                OnlyIn(SqlDialect.Postgres, "a grouping set");
                Grouping(set);
                break;
            default:
                throw new InvalidOperationException($"no form for {expression.GetType().Name}");
        }
    }

    private void Constant(Literal literal)
    {
        switch (literal.Kind)
        {
            case LiteralKind.Null:
                Add("NULL");
                break;
            case LiteralKind.True:
                Add("TRUE");
                break;
            case LiteralKind.False:
                Add("FALSE");
                break;
            case LiteralKind.Integer when _postgres && literal.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase):
                throw NoForm("a hexadecimal number");
            case LiteralKind.Integer or LiteralKind.Number:
                Add(literal.Text);
                break;
            case LiteralKind.String:
                String(literal.Text);
                break;
            case LiteralKind.Blob:
                Add(_postgres ? "CAST('\\x" : "x'").Add(literal.Text).Add(_postgres ? "' AS bytea)" : "'");
                break;
            default:
                OnlyIn(SqlDialect.Postgres, "a bit string");
                Add("b'").Add(literal.Text).Add('\'');
                break;
        }
    }

    private void TypedConstant(TypedLiteral literal)
    {
        const string Interval = "interval ";
        var type = literal.Type;
        var fields = type.Name.StartsWith(Interval, StringComparison.Ordinal);
        if (fields) Add("interval");
        else Type(type);
        Add(' ');
        String(literal.Text);
        if (!fields) return;
        Add(' ').Add(type.Name[Interval.Length..]);
        Modifiers(type);
    }

    private void WriteParameter(Parameter parameter)
    {
        var style = options.ParameterStyle ?? parameter.Style;
        switch (style)
        {
            case ParameterStyle.Dollar:
                Add('$').Add(Number(parameter.Index));
                break;
            case ParameterStyle.QuestionNumber:
                Add('?').Add(Number(parameter.Index));
                break;
            case ParameterStyle.Question:
                Add('?');
                break;
            default:
                Add(style switch { ParameterStyle.Colon => ':', ParameterStyle.At => '@', _ => '$' }).Add(parameter.Name ?? Number(parameter.Index));
                break;
        }
    }

    private void Column(Identifier? schema, Identifier? table, Identifier? column)
    {
        if (schema is not null)
        {
            Name(schema);
            Add('.');
        }

        if (table is not null)
        {
            Name(table);
            Add('.');
        }

        if (column is not null) Name(column);
        else Add('*');
    }

    private void WriteUnary(Unary unary)
    {
        if (unary.Op == "NOT")
        {
            Add("NOT ");
            Expression(unary.Operand, Precedence.Not);
            return;
        }

        if (!_postgres && unary.Op is not ("+" or "-" or "~")) throw NoForm($"the operator {unary.Op}");
        if (unary.Op is "*" or "/" or "%" or "^" or "<" or ">" or "=" or "<=" or ">=" or "<>") Add("OPERATOR(pg_catalog.").Add(unary.Op).Add(')');
        else Add(unary.Op);

        // Two signs in a row could be read as one operator, or as a comment.
        var tight = unary.Op is "+" or "-" or "~" && unary.Operand is not Sql.Unary and not Sql.Parameter;
        if (!tight) Add(' ');
        var level = LevelOf(unary);
        Expression(unary.Operand, level == Precedence.Other ? level + 1 : level);
    }

    /// <summary>Chains from the left are written in a loop, so that their length costs no stack.</summary>
    private void WriteBinary(Binary top)
    {
        var chain = new Stack<Binary>();
        var node = top;
        while (true)
        {
            chain.Push(node);
            if (node.Left is not Binary left || LevelOf(left) < LeftOf(LevelOf(node))) break;
            node = left;
        }

        Expression(node.Left, LeftOf(LevelOf(node)));
        while (chain.TryPop(out var next))
        {
            Add(' ').Add(Operator(next)).Add(' ');
            Expression(next.Right, LevelOf(next) + 1);
        }
    }

    private string Operator(Binary binary)
    {
        switch (binary.Op)
        {
            case "IS" when _postgres && !IsTruth(binary.Right):
                return "IS NOT DISTINCT FROM";
            case "IS NOT" when _postgres && !IsTruth(binary.Right):
                return "IS DISTINCT FROM";
            case "AND" or "OR" or "IS" or "IS NOT" or "IS DISTINCT FROM" or "IS NOT DISTINCT FROM":
            case "=" or "<>" or "<" or "<=" or ">" or ">=" or "+" or "-" or "*" or "/" or "%" or "||" or "->" or "->>" or "&" or "|" or "<<" or ">>":
                return binary.Op;
            default:
                OnlyIn(SqlDialect.Postgres, $"the operator {binary.Op}");
                return binary.Op;
        }
    }

    private static bool IsTruth(Expr expression) => expression is Literal { Kind: LiteralKind.True or LiteralKind.False };

    private void WriteBetween(Between between, int level)
    {
        if (between.Symmetric) OnlyIn(SqlDialect.Postgres, "BETWEEN SYMMETRIC");
        Expression(between.Operand, LeftOf(level));
        Add(between.Not ? " NOT BETWEEN " : " BETWEEN ");
        if (between.Symmetric) Add("SYMMETRIC ");
        Restricted(between.Low);
        Add(" AND ");
        Expression(between.High, level + 1);
    }

    /// <summary>Where only a part of the operators is allowed: PostgreSQL's b_expr, and in SQLite what may not hold an AND.</summary>
    private void Restricted(Expr expression)
    {
        if (IsPlain(expression)) Expression(expression, Precedence.Other);
        else Parenthesized(expression);
    }

    private bool IsPlain(Expr expression) => expression switch
    {
        Unary { Op: "+" or "-" } unary => IsPlain(unary.Operand),
        Binary { Op: "+" or "-" or "*" or "/" or "%" or "||" } binary => IsPlain(binary.Right) && binary.Left is not Sql.Binary && IsPlain(binary.Left),
        _ => LevelOf(expression) == Precedence.Primary,
    };

    /// <summary>PostgreSQL reads IN ((SELECT …)) as a query, not as a list of its one value; then an = says the same.</summary>
    private Subquery? SingleQuery(InList list) => _postgres && list.Items is [Subquery only] ? only : null;

    private void In(InList list, int level)
    {
        Expression(list.Operand, LeftOf(level));
        if (SingleQuery(list) is { } only)
        {
            Add(list.Not ? " <> " : " = ");
            Query(only.Query);
            return;
        }

        if (list.Items.Count == 0) OnlyIn(SqlDialect.Sqlite, "an empty list");
        Add(list.Not ? " NOT IN (" : " IN (");
        List(list.Items, item => Expression(item, 0));
        Add(')');
    }

    private void WriteLike(Like like, int level)
    {
        var (word, only) = like.Kind switch
        {
            LikeKind.Like => ("LIKE", (SqlDialect?)null),
            LikeKind.ILike => ("ILIKE", SqlDialect.Postgres),
            LikeKind.SimilarTo => ("SIMILAR TO", SqlDialect.Postgres),
            LikeKind.Glob => ("GLOB", SqlDialect.Sqlite),
            LikeKind.Regexp => ("REGEXP", SqlDialect.Sqlite),
            _ => ("MATCH", SqlDialect.Sqlite),
        };
        if (only is { } needed) OnlyIn(needed, word);
        Expression(like.Operand, LeftOf(level));
        Add(like.Not ? " NOT " : " ").Add(word).Add(' ');
        Expression(like.Pattern, level + 1);
        if (like.Escape is null) return;
        Add(" ESCAPE ");
        Expression(like.Escape, level + 1);
    }

    private void WriteSubscript(Subscript subscript)
    {
        if (subscript.Operand is ColumnRef or Parameter or Subscript or Subquery) Expression(subscript.Operand, 0);
        else Parenthesized(subscript.Operand);
        Add('[');
        if (subscript.Index is not null) Expression(subscript.Index, 0);
        if (subscript.Slice) Add(" : ");
        if (subscript.Upper is not null) Expression(subscript.Upper, 0);
        Add(']');
    }

    private void Row(RowConstructor row)
    {
        // A row of one column, or none, needs the word; SQLite has none.
        if (_postgres && (row.Keyword || row.Items.Count < 2)) Add("ROW");
        Add('(');
        List(row.Items, item => Expression(item, 0));
        Add(')');
    }

    private void Choice(Case choice)
    {
        Add("CASE");
        Clause(" ", choice.Operand);
        foreach (var when in choice.Whens)
        {
            Add(' ');
            When(when);
        }

        Clause(" ELSE ", choice.Else);
        Add(" END");
    }

    private void When(WhenClause when)
    {
        Add("WHEN ");
        Expression(when.Condition, 0);
        Add(" THEN ");
        Expression(when.Result, 0);
    }
}
