using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Shale.Sql.Parsing;

namespace Shale.Sql.Printing;

/// <summary>
/// Writes one tree. One state machine in several files, as the parser is: this one has the small pieces and the choice by node.
/// </summary>
internal sealed partial class Printer(SqlDialect dialect, PrintOptions options)
{
    private readonly StringBuilder _to = new();
    private readonly bool _postgres = dialect == SqlDialect.Postgres;

    /// <summary>The text of any node.</summary>
    public string Print(SqlNode node)
    {
        Node(node);
        return _to.ToString();
    }

    private void Node(SqlNode node)
    {
        switch (node)
        {
            case Statement statement:
                Statement(statement);
                break;
            case Expr expression:
                Expression(expression, 0);
                break;
            case TableExpr table:
                Table(table);
                break;
            case QueryBody body:
                Body(body, 0, false);
                break;
            case Identifier name:
                Name(name);
                break;
            case ObjectName name:
                Name(name);
                break;
            case TypeName type:
                Type(type);
                break;
            default:
                Part(node);
                break;
        }
    }

    private void Part(SqlNode node)
    {
        switch (node)
        {
            case SelectItem item:
                Item(item);
                break;
            case OrderItem item:
                Order(item);
                break;
            case WithClause with:
                With(with);
                break;
            case CommonTable table:
                CommonTable(table);
                break;
            case WindowSpec window:
                Window(window);
                break;
            case NamedWindow window:
                NamedWindow(window);
                break;
            case WindowFrame frame:
                Frame(frame);
                break;
            case FrameBound bound:
                Bound(bound);
                break;
            case LockingClause locking:
                Locking(locking);
                break;
            case SystemTime time:
                Time(time);
                break;
            case SystemTimePoint point:
                Point(point);
                break;
            case WhenClause arm:
                When(arm);
                break;
            case SetClause set:
                Set(set);
                break;
            case OnConflict conflict:
                Conflict(conflict);
                break;
            default:
                DefinitionPart(node);
                break;
        }
    }

    private static void Guard()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw SyntaxErrors.TooDeep();
    }

    private VitessException NoForm(string construct) =>
        new(ErrorCodes.QueryError, $"{construct} has no form in {(_postgres ? "PostgreSQL" : "SQLite")}", sqlState: "0A000",
            hint: "Write the statement without it.");

    private void OnlyIn(SqlDialect only, string construct)
    {
        if (dialect != only) throw NoForm(construct);
    }

    private Printer Add(string text)
    {
        _to.Append(text);
        return this;
    }

    private Printer Add(char c)
    {
        _to.Append(c);
        return this;
    }

    private void Name(Identifier name)
    {
        if (Quoting.NeedsQuotes(name.Name, dialect)) Add(Quoting.Double(name.Name));
        else Add(name.Name);
    }

    private void Name(ObjectName name)
    {
        if (name.Schema is { } schema)
        {
            Name(schema);
            Add('.');
        }

        Name(name.Name);
    }

    private void String(string value) => Quoting.String(_to, value);

    private Printer AddUpper(string words) => Add(words.ToUpperInvariant());

    private void Upper(string words) => AddUpper(words);

    private void List<T>(NodeList<T> items, Action<T> write, string separator = ", ")
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) Add(separator);
            write(items[i]);
        }
    }

    private void Names(NodeList<Identifier> names)
    {
        Add('(');
        List(names, Name);
        Add(')');
    }

    private void NamesOpt(NodeList<Identifier> names)
    {
        if (names.Count == 0) return;
        Add(' ');
        Names(names);
    }

    private void Parenthesized(Expr expression)
    {
        Add('(');
        Expression(expression, 0);
        Add(')');
    }

    private void Clause(string word, Expr? value)
    {
        if (value is null) return;
        Add(word);
        Expression(value, 0);
    }

    private void Type(TypeName type)
    {
        if (type.Written is not null && !_postgres)
        {
            Add(type.Written);
            return;
        }

        var name = type.Name;
        var rest = "";
        foreach (var first in (ReadOnlySpan<string>)["timestamp ", "time "])
        {
            // timestamp(3) with time zone: the precision stands inside the name.
            if (!_postgres || type.Modifiers.Count == 0 || !name.StartsWith(first, StringComparison.Ordinal)) continue;
            rest = name[(first.Length - 1)..];
            name = name[..(first.Length - 1)];
        }

        Add(name);
        Modifiers(type);
        Add(rest);
        for (var i = 0; i < type.ArrayDimensions; i++) Add("[]");
    }

    private void Modifiers(TypeName type)
    {
        if (type.Modifiers.Count > 0) Add('(').Add(string.Join(", ", type.Modifiers)).Add(')');
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
