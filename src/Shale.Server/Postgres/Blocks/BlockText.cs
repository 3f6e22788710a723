using System.Text;
using Shale.Postgres.Wire;
using Shale.Sql;

namespace Shale.Server;

/// <summary>Values as texts: what PostgreSQL's output functions make of them.</summary>
internal static class BlockText
{
    /// <summary>The text of a value that is not NULL.</summary>
    public static string Of(in SqlValue value, SqlType type)
    {
        if (value.Kind == SqlValueKind.Text) return value.AsText();
        var bytes = new byte[TextValue.MostBytes(value)];
        return Encoding.UTF8.GetString(bytes, 0, TextValue.Write(value, type, bytes));
    }
}
