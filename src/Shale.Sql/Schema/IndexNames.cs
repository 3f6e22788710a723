using System.Globalization;

namespace Shale.Sql;

/// <summary>The names that PostgreSQL makes up for indexes and the columns in them.</summary>
public static class IndexNames
{
    /// <summary>The name of an index that its statement does not name: of its table, its columns, and a number if others have it.</summary>
    /// <param name="index">The index.</param>
    /// <param name="table">Its table.</param>
    /// <param name="isTaken">Whether another relation has a name; null if none has.</param>
    public static string Of(CreateIndexStatement index, string table, Func<string, bool>? isTaken = null)
    {
        var columns = new List<string>();
        foreach (var name in index.Columns.Select(item => OfColumn(item.Value)).Concat(index.Include.Select(column => column.Name))) columns.Add(Free(name, columns.Contains));
        return Free($"{table}_{string.Join('_', columns)}_idx", isTaken ?? (_ => false));
    }

    /// <summary>What an index calls what it holds: the column's name, or one after the expression's outermost function.</summary>
    public static string OfColumn(Expr value) => ColumnNames.Figured(value, null).Name ?? "expr";

    private static string Free(string wanted, Func<string, bool> isTaken)
    {
        var name = wanted;
        for (var i = 1; isTaken(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{wanted}{i}");
        return name;
    }
}
