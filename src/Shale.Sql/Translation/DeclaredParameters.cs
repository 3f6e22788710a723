namespace Shale.Sql;

/// <summary>
/// The types that a client has declared its parameters with, for shards on PostgreSQL: these find types of their own for what is sent to them, from the text alone, and <c>$1 + 1</c> of a date would be a sum of integers there.
/// Where the text tells another type the parameter is cast to its own.
/// </summary>
public static class DeclaredParameters
{
    /// <summary>The statement with such casts; the same node where none is needed.</summary>
    /// <param name="statement">The statement, in dialect postgres.</param>
    /// <param name="declared">The types; <see cref="SqlType.Unknown"/> where none was said.</param>
    /// <param name="schema">The tables.</param>
    public static Statement Cast(Statement statement, IReadOnlyList<SqlType> declared, ISchemaSource schema)
    {
        var told = Told(statement, schema);
        var isOther = declared.Select((type, i) => Differ(type, i < told.Count ? told[i] : SqlType.Unknown)).ToArray();
        return isOther.Contains(true) ? new Caster(declared, isOther).Map(statement) : statement;
    }

    // Without the declared types some statements cannot be understood at all.
    private static IReadOnlyList<SqlType> Told(Statement statement, ISchemaSource schema)
    {
        try
        {
            return Binder.Bind(statement, SqlDialect.Postgres, schema).ParameterTypes;
        }
        catch (VitessException)
        {
            return [];
        }
    }

    private static bool Differ(SqlType declared, SqlType told)
    {
        if (declared.Kind is SqlTypeKind.Unknown or SqlTypeKind.Record || declared.Plain == told.Plain) return false;
        var areTexts = TypeRules.IsText(declared.Kind) && TypeRules.IsText(told.Kind);
        var isNarrower = TypeRules.IsInteger(declared.Kind) && TypeRules.IsInteger(told.Kind) && declared.Kind < told.Kind;
        return declared.IsArray != told.IsArray || (!areTexts && !isNarrower);
    }

    private sealed class Caster(IReadOnlyList<SqlType> declared, bool[] isOther) : NodeMapper
    {
        private ValuesBody? _assigned;

        public override SqlNode Map(SqlNode node)
        {
            switch (node)
            {
                case Parameter parameter:
                    return parameter.Index <= isOther.Length && isOther[parameter.Index - 1] ? new Cast(parameter, SqlTypes.Written(declared[parameter.Index - 1])) { Span = parameter.Span } : parameter;

                // A parameter has no name, and a cast that of its type.
                case SelectItem { Value: Parameter parameter, Alias: null } item when Map((SqlNode)parameter) is Cast cast:
                    return item with { Value = cast, Alias = new Identifier("?column?", true) };

                // What is assigned as it is becomes what its column takes before it is sent.
                case SetClause { Value: Parameter }:
                    return node;
                case InsertStatement { Source.Body: ValuesBody values }:
                    _assigned = values;
                    return node.MapChildren(this);
                case ValuesBody values when ReferenceEquals(values, _assigned):
                    return values with { Rows = values.Rows.Select(row => row.Select(cell => cell is Parameter ? cell : Map(cell)).ToNodeList()).ToNodeList() };
                default:
                    return node.MapChildren(this);
            }
        }
    }
}
