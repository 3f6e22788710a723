using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A statement for shards or for a scratch database: its text, and which of the statement's parameters it takes, in its own order.</summary>
/// <param name="Sql">Text in the engine's dialect, parameters numbered from 1 without gaps.</param>
/// <param name="Parameters">For each of its parameters the 0-based index among the statement's.</param>
internal sealed record Fragment(string Sql, int[] Parameters)
{
    private readonly bool _isInOrder = IsInOrder(Parameters);

    /// <summary>The values it takes.</summary>
    public SqlValue[] Bind(SqlValue[] values)
    {
        if (_isInOrder && Parameters.Length == values.Length) return values;
        if (Parameters.Length == 0) return [];
        var bound = new SqlValue[Parameters.Length];
        for (var i = 0; i < bound.Length; i++) bound[i] = values[Parameters[i]];
        return bound;
    }

    /// <summary>Prints a tree, its parameters renumbered.</summary>
    public static Fragment Print(SqlNode node, SqlDialect engine)
    {
        var map = new List<int>();
        var renumbered = SqlTree.Rewrite(node, child => child is Parameter parameter ? Renumber(parameter, map, engine) : null);
        return new Fragment(SqlPrinter.Print(renumbered, engine), [.. map]);
    }

    private static bool IsInOrder(int[] parameters)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i] != i) return false;
        }

        return true;
    }

    private static Parameter Renumber(Parameter parameter, List<int> map, SqlDialect engine)
    {
        var place = map.IndexOf(parameter.Index - 1);
        if (place < 0)
        {
            place = map.Count;
            map.Add(parameter.Index - 1);
        }

        return new Parameter(engine == SqlDialect.Sqlite ? ParameterStyle.QuestionNumber : ParameterStyle.Dollar, place + 1);
    }
}
