using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What a statement takes and gives.</summary>
internal sealed partial class StatementRunner
{
    /// <summary>Plans a statement that is in no cache, and says what is known of it.</summary>
    /// <param name="request">The statement; its values are not looked at.</param>
    /// <param name="transaction">Its transaction, or null.</param>
    public GateDescription Describe(GateRequest request, GateTransaction? transaction)
    {
        var session = SessionOf(request, transaction);
        var key = request.Typed?.Key ?? request.Sql;
        if (session.Plans.TryGet(key, out var known) && known.Plan.Description is { } description) return description;
        var parsed = SqlParser.ParseWithParameters(request.Sql, session.Dialect);
        var types = TypesOf(request, parsed);
        var plan = session.Compiler.Compile(parsed, request.Sql, types, areDeclared: true);
        if (plan is TimedPlan) return DescribeTimed(parsed, request.Sql, types, session);
        if (plan is null) return DescribeBound(parsed, request.Sql, types, session);
        plan.Description = new GateDescription(plan.Command, Settled(plan.ParameterTypes, parsed.ParameterCount), plan.Shape!.Fields) { RowKeys = CopyPlan.KeysOf(plan, session.Catalog, session.Tablets) };
        Keep(key, plan, parsed, session);
        return plan.Description;
    }

    /// <summary>The names in a statement that stand for variables of the block that it is of. Errors: those of its names.</summary>
    /// <param name="request">A SELECT, INSERT, UPDATE or DELETE; its values are not looked at.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="transaction">Its transaction, or null.</param>
    public IReadOnlyList<VariableUse> FindVariables(GateRequest request, IVariableSource variables, GateTransaction? transaction)
    {
        var session = SessionOf(request, transaction);
        return session.Compiler.FindVariables(SqlParser.ParseWithParameters(request.Sql, session.Dialect), variables);
    }

    // Columns that only a period in time has are not known to the tables, and tables of the past may have been dropped since: then running it tells.
    private static GateDescription DescribeTimed(ParsedSql parsed, string text, IReadOnlyList<SqlType>? types, GateSession session)
    {
        try
        {
            return DescribeBound(parsed, text, types, session) with { Fields = null };
        }
        catch (VitessException failure) when (failure.SqlState is "42703" or "42P01")
        {
            return new GateDescription(StatementPlan.CommandOf(parsed.Statement), Settled(types ?? [], parsed.ParameterCount), null);
        }
    }

    private static GateDescription DescribeBound(ParsedSql parsed, string text, IReadOnlyList<SqlType>? types, GateSession session)
    {
        switch (parsed.Statement)
        {
            case SelectStatement or InsertStatement or UpdateStatement or DeleteStatement:
                var binding = Binder.Bind(new ViewExpander(session.Catalog).Expand(parsed.Statement), session.Dialect, session.Catalog, text, types);
                return new GateDescription(StatementPlan.CommandOf(parsed.Statement), Settled(binding.ParameterTypes, parsed.ParameterCount),
                    ResultFields.Of(binding.Outputs, session.Catalog));
            case ShowStatement or VExplainStatement or ExplainStatement or PragmaStatement or CallStatement or RestoreStatement or BackupStatement or SetEngineStatement or CheckVindexStatement or RawStatement:
                return new GateDescription("", Settled([], parsed.ParameterCount), null);
            default:
                return new GateDescription("", Settled([], parsed.ParameterCount), []);
        }
    }

    // What is declared beyond the statement's parameters is nobody's.
    private static IReadOnlyList<SqlType>? TypesOf(GateRequest request, ParsedSql parsed) =>
        request.Typed is not { } typed ? null : typed.Types.Count <= parsed.ParameterCount ? typed.Types : [.. typed.Types.Take(parsed.ParameterCount)];

    private static SqlType[] Settled(IReadOnlyList<SqlType> types, int count)
    {
        var settled = new SqlType[count];
        for (var i = 0; i < count; i++) settled[i] = i < types.Count && types[i].Kind != SqlTypeKind.Unknown ? types[i] : new SqlType(SqlTypeKind.Text);
        return settled;
    }
}
