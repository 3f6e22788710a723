using System.Text;

namespace Shale.SqlTests;

/// <summary>What kind of values a column holds.</summary>
public enum ColumnKind
{
    Int,
    Text,
    Real,
}

/// <summary>A column of the generated tables.</summary>
public sealed record TestColumn(string Name, ColumnKind Kind, bool Nullable = true, bool Huge = false);

/// <summary>A table of the generated schema.</summary>
public sealed record TestTable(string Name, string[] Key, TestColumn[] Columns)
{
    /// <summary>The tables that every generated schema has: two that can be co-located, one with a text key, a reference table, one without a key.</summary>
    public static TestTable[] All { get; } =
    [
        new("people", ["id"], [new("id", ColumnKind.Int, false), new("age", ColumnKind.Int), new("name", ColumnKind.Text), new("score", ColumnKind.Real), new("color", ColumnKind.Int)]),
        new("orders", ["person", "id"],
            [new("person", ColumnKind.Int, false), new("id", ColumnKind.Int, false), new("amount", ColumnKind.Int), new("note", ColumnKind.Text), new("big", ColumnKind.Int, Huge: true)]),
        new("words", ["w"], [new("w", ColumnKind.Text, false), new("n", ColumnKind.Int), new("v", ColumnKind.Real)]),
        new("colors", ["id"], [new("id", ColumnKind.Int, false), new("label", ColumnKind.Text)]),
        new("loose", [], [new("a", ColumnKind.Int), new("b", ColumnKind.Text)]),
    ];

    /// <summary>The CREATE TABLE, valid in both dialects.</summary>
    public string Create(string with)
    {
        var text = new StringBuilder("CREATE TABLE ").Append(Name).Append(" (");
        for (var i = 0; i < Columns.Length; i++)
        {
            var column = Columns[i];
            text.Append(i == 0 ? "" : ", ").Append(column.Name).Append(' ').Append(TypeOf(column)).Append(column.Nullable ? "" : " NOT NULL");
        }

        if (Key.Length > 0) text.Append(", PRIMARY KEY (").AppendJoin(", ", Key).Append(')');
        return text.Append(") ").Append(with).ToString();
    }

    private static string TypeOf(TestColumn column) => column.Kind switch
    {
        ColumnKind.Int => "BIGINT",
        ColumnKind.Real => "DOUBLE PRECISION",
        _ => "TEXT",
    };
}
