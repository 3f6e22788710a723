using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Takes <c>nextval('…')</c> out of a statement: sequences live at the gate (SEMANTICS S2.6), so each call becomes a parameter that is filled when values are bound. That is right
/// only where a call is made once: in a row of VALUES, or in a SELECT without FROM; elsewhere it is refused.
/// </summary>
internal sealed class SequenceCalls(Catalog catalog, int parameters) : NodeMapper
{
    private readonly List<SequenceRef> _found = [];

    /// <summary>The sequences, in the order of their parameters.</summary>
    public IReadOnlyList<SequenceRef> Found => _found;

    /// <inheritdoc/>
    public override SqlNode Map(SqlNode node)
    {
        switch (node)
        {
            case SelectCore { From.Count: > 0 } core:
                if (SqlTree.Any(core, child => child is FunctionCall call && IsNextValue(call)))
                {
                    throw new VitessException(ErrorCodes.QueryError, "nextval for each row of a query is not supported", sqlState: "0A000",
                        hint: "Give the column the sequence by SERIAL or IDENTITY, or number the rows by row_number().");
                }

                return core;
            case FunctionCall call when IsNextValue(call):
                return Replace(call);
            default:
                return node.MapChildren(this);
        }
    }

    /// <summary>Whether a statement has any; most have not, and are not mapped.</summary>
    public static bool AreIn(SqlNode statement) => SqlTree.Any(statement, node => node is FunctionCall call && IsNextValue(call));

    private static bool IsNextValue(FunctionCall call) => call.Name.Name.Name.Equals("nextval", StringComparison.OrdinalIgnoreCase) && call.Args.Count == 1;

    private Parameter Replace(FunctionCall call)
    {
        var name = call.Args[0] is Cast cast ? cast.Operand : call.Args[0];
        if (name is not Literal { Kind: LiteralKind.String } literal)
        {
            throw new VitessException(ErrorCodes.QueryError, "nextval takes the name of a sequence as a string", sqlState: "0A000");
        }

        _found.Add(SequenceRef.Find(catalog.VSchema, catalog.Keyspace, literal.Text)
            ?? throw new VitessException(ErrorCodes.NotFound, $"relation \"{literal.Text}\" does not exist", sqlState: "42P01", position: literal.Span.Start + 1));
        return new Parameter(ParameterStyle.Dollar, parameters + _found.Count) { Span = call.Span };
    }
}
