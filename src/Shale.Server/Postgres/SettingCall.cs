using Shale.Sql;

namespace Shale.Server;

/// <summary>A <c>SELECT set_config('name', 'value', is_local)</c>, which sets a variable of the session as SET does.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsLocal">Whether it ends with the transaction.</param>
internal sealed record SettingCall(string Name, string Value, bool IsLocal)
{
    /// <summary>Reads a statement; null if it is anything else, or what is set is computed.</summary>
    public static SettingCall? TryRead(string text)
    {
        if (SqlParser.Parse(text, SqlDialect.Postgres) is not SelectStatement { With: null, OrderBy.Count: 0, Limit: null, Body: SelectCore { From.Count: 0, Where: null, Items: [{ Value: FunctionCall call }] } }) return null;
        if (call.Name is not { Schema: null or { Name: "pg_catalog" }, Name.Name: "set_config" }) return null;
        return call.Args is [Literal { Kind: LiteralKind.String } name, Literal { Kind: LiteralKind.String } value, Literal { Kind: LiteralKind.True or LiteralKind.False } isLocal]
            ? new SettingCall(name.Text, value.Text, isLocal.Kind == LiteralKind.True) : null;
    }
}
