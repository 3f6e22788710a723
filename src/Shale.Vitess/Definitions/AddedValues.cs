using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What the rows of a table get in a column that is added to it, where only the gate can say: numbers of a sequence, and defaults that are no constants. Dialect postgres.</summary>
/// <param name="session">The session.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="now">What now() is.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class AddedValues(GateSession session, CrossShardTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
{
    /// <summary>The rows with their values of the columns that are not named; the names of those are added.</summary>
    /// <param name="rows">The rows as they were.</param>
    /// <param name="place">The table with its new columns.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="named">The columns that the cells of a row are for.</param>
    public async ValueTask<RowSet> AddAsync(RowSet rows, TablePlace place, CreateTableStatement definition, List<string> named)
    {
        if (session.Dialect != SqlDialect.Postgres || rows.RowCount == 0) return rows;
        foreach (var column in place.Schema.Columns.Where(column => !column.Generated && !named.Contains(column.Name, VSchemaNames.Comparer)).ToList())
        {
            if (await OfAsync(column, place, definition, rows.RowCount) is not { } values) continue;
            rows = Joined(rows, column.Name, values);
            named.Add(column.Name);
        }

        return rows;
    }

    /// <summary>A column of a table on PostgreSQL shards, which fill it in themselves, as they are told to: with one time on all of them, where its default is the clock's.</summary>
    public ColumnDefinition AtOneTime(ColumnDefinition column) => column with
    {
        Constraints = column.Constraints.Select(constraint => constraint is DefaultConstraint value ? value with { Value = PostgresStableFunctions.At(value.Value, now) } : constraint).ToNodeList(),
    };

    private async ValueTask<SqlValue[]?> OfAsync(ColumnSchema column, TablePlace place, CreateTableStatement definition, int count)
    {
        if (SequenceOf(column, place) is { } sequence)
        {
            var first = await session.Sequences.NextAsync(sequence.Keyspace, sequence.Sequence, count, cancellationToken);
            return [.. Enumerable.Range(0, count).Select(i => SqlValue.Integer(first + (i * sequence.Sequence.Increment)))];
        }

        return column.Default is null || ValueSource.TryFrom(column.Default, out _) ? null : await ComputeAsync(column, definition.Columns.First(each => each.Name.Name == column.Name).Type!, count);
    }

    private SequenceRef? SequenceOf(ColumnSchema column, TablePlace place)
    {
        if (column.AutoNumber && place.Table.AutoIncrement is { } numbering && VSchemaNames.Comparer.Equals(numbering.Column, column.Name)) return SequenceRef.Find(session.Catalog.VSchema.WithKeyspace(place.Keyspace), place.Keyspace, numbering.Sequence);
        return column.Default is null ? null : new SequenceCalls(session.Catalog, 0).NextOf(column.Default);
    }

    // As a query finds them: row by row where the default is volatile. A cast to the column's length would cut what is too long for it.
    private async ValueTask<SqlValue[]> ComputeAsync(ColumnSchema column, TypeName type, int count)
    {
        if (column.Type.Kind is SqlTypeKind.Varchar or SqlTypeKind.Char) type = new TypeName("text", [], type.ArrayDimensions);
        var value = new Cast(column.Default!, type);
        var text = string.Create(CultureInfo.InvariantCulture, $"SELECT {SqlPrinter.Print(value, session.Dialect)} FROM generate_series(1, {count})");
        var plan = (QueryPlan)session.Compiler.Compile(SqlParser.ParseWithParameters(text, session.Dialect), text)!;
        var found = await session.Selects.RunAsync(plan.Select, BoundValues.Complete(plan, [], now), transaction, null, cancellationToken);
        found = plan.Shape?.Apply(found, merged: true) ?? found;
        SqlValue Taken(SqlValue each) => session.Engine == SqlDialect.Sqlite ? ParameterConversion.ForAssignment(each, column.Type, session.Dialect) : each;
        return [.. Enumerable.Range(0, count).Select(i => Taken(found[i][0]))];
    }

    private static RowSet Joined(RowSet rows, string name, SqlValue[] values)
    {
        var joined = new RowSet([.. rows.Fields, new Field(name, "")], rows.RowCount);
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = joined.AddRow();
            rows[i].CopyTo(row);
            row[^1] = values[i];
        }

        return joined;
    }
}
