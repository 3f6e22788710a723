using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>A list of functions while it is being filled.</summary>
internal sealed class FunctionSet
{
    /// <summary>A function of one argument that is not NULL.</summary>
    public delegate SqlValue One(SqlValue a);

    /// <summary>A function of two arguments that are not NULL.</summary>
    public delegate SqlValue Two(SqlValue a, SqlValue b);

    /// <summary>What has been added.</summary>
    public List<SqliteFunction> All { get; } = [];

    /// <summary>A deterministic function that is NULL where an argument is.</summary>
    public void Strict(string name, int args, ScalarFunction body) => All.Add(new SqliteFunction(name, args, true, values =>
    {
        foreach (ref readonly var value in values)
            if (value.IsNull) return SqlValue.Null;
        return body(values);
    }));

    /// <summary>A strict function of one argument.</summary>
    public void Strict(string name, One body) => All.Add(new SqliteFunction(name, 1, true, values => values[0].IsNull ? SqlValue.Null : body(values[0])));

    /// <summary>A strict function of two arguments.</summary>
    public void Strict(string name, Two body) =>
        All.Add(new SqliteFunction(name, 2, true, values => values[0].IsNull || values[1].IsNull ? SqlValue.Null : body(values[0], values[1])));

    /// <summary>A deterministic function that sees NULLs.</summary>
    public void Add(string name, int args, ScalarFunction body) => All.Add(new SqliteFunction(name, args, true, body));

    /// <summary>A function with a new value at each call.</summary>
    public void Volatile(string name, int args, ScalarFunction body) => All.Add(new SqliteFunction(name, args, false, body));
}
