using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A sequence by its name in texts: <c>nextval('s')</c> in definitions, which PostgreSQL keeps by number and Shale by name.</summary>
/// <param name="owner">The sequence's keyspace.</param>
/// <param name="sequence">Its name.</param>
internal sealed class SequenceTexts(VKeyspace owner, string sequence)
{
    /// <summary>Whether a part of a definition in a keyspace calls for it.</summary>
    public bool AreIn(SqlNode node, VKeyspace keyspace) => SqlTree.Any(node, child => child is FunctionCall call && Prefix(call, keyspace) is not null);

    /// <summary>The VSchema in which the defaults of tables call for it by another name.</summary>
    public VSchema Renamed(VSchema schema, string newName)
    {
        foreach (var keyspace in schema.Keyspaces.Values)
        {
            foreach (var table in keyspace.Tables.Values)
            {
                if (table.CreateSql?.Contains("nextval", StringComparison.OrdinalIgnoreCase) != true || ModelChecks.Definition(table) is not { } definition || !AreIn(definition, keyspace)) continue;
                var changed = table with { CreateSql = SqlPrinter.Print(SqlTree.Rewrite(definition, node => node is FunctionCall call ? Renamed(call, keyspace, newName) : null), table.Dialect) };
                schema = schema.WithTable(keyspace.Name, changed with { Schema = TableRestorer.Restore(changed) });
            }
        }

        return schema;
    }

    private FunctionCall? Renamed(FunctionCall call, VKeyspace keyspace, string newName)
    {
        if (Prefix(call, keyspace) is not { } prefix) return null;
        return call with { Args = [Replaced(call.Args[0], prefix + Names.Quote(newName)), .. call.Args.Skip(1)] };
    }

    private static Expr Replaced(Expr value, string text) => value is Cast cast ? cast with { Operand = Replaced(cast.Operand, text) } : ((Literal)value) with { Text = text };

    /// <summary>What stands before the sequence's name where a call names it; null where it does not.</summary>
    private string? Prefix(FunctionCall call, VKeyspace keyspace)
    {
        if (call.Name.Name.Name.ToLowerInvariant() is not ("nextval" or "currval" or "setval") || call.Args.Count == 0) return null;
        var name = call.Args[0];
        while (name is Cast cast) name = cast.Operand;
        if (name is not Literal { Kind: LiteralKind.String } literal) return null;
        var isOwn = ReferenceEquals(keyspace, owner) || VSchemaNames.Comparer.Equals(keyspace.Name, owner.Name);
        if (isOwn && VSchemaNames.Comparer.Equals(literal.Text, sequence)) return "";
        return Names.Parts(literal.Text) switch
        {
            [var part] when isOwn && VSchemaNames.Comparer.Equals(part, sequence) => "",
            [var schema, var part] when VSchemaNames.Comparer.Equals(part, sequence) && (VSchemaNames.Comparer.Equals(schema, owner.Name) || (isOwn && schema == "public")) => Names.Quote(schema) + ".",
            _ => null,
        };
    }
}
