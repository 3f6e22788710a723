using Shale.Engines;
using Shale.Vitess;

namespace Shale.Sql.Tests.Translation;

/// <summary>One SQLite database behind the translator: runs PostgreSQL's statements as a gate does, without the gate.</summary>
internal sealed class TranslatedDatabase : ISchemaSource, IAsyncDisposable
{
    private readonly SqliteEngine _engine = SqliteEngine.InMemory();
    private readonly Dictionary<string, TableSchema> _tables = [];
    private IEngineConnection? _connection;

    /// <summary>How tables that are made hold numerics; see <see cref="TableSchema.ExactNumerics"/>.</summary>
    public bool ExactNumerics { get; init; } = true;

    /// <summary>The SQLite text of the last statement.</summary>
    public string Translated { get; private set; } = "";

    public TableSchema? Find(ObjectName name) => _tables.GetValueOrDefault(name.Name.Name);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        await _engine.DisposeAsync();
    }

    public async Task<Outcome> QueryAsync(string sql, params SqlValue[] parameters)
    {
        Translated = "";
        try
        {
            _connection ??= await _engine.OpenAsync(EngineAccess.Write, default);
            var statement = SqlParser.Parse(sql, SqlDialect.Postgres);
            var binding = Binder.Bind(statement, SqlDialect.Postgres, this, sql);
            var result = PostgresToSqlite.Translate(statement, binding, ExactNumerics);
            Translated = SqlPrinter.Print(result.Statement, SqlDialect.Sqlite);
            var values = parameters.Select((value, i) => ParameterConversion.Convert(value, binding.ParameterTypes[i], SqlDialect.Postgres)).ToList();
            foreach (var required in result.Required) required.Check(values);
            if (result.UsesNow) values.Add(StableTime.Postgres(DateTimeOffset.UtcNow));
            var answer = await _connection.ExecuteAsync(Translated, values, default);
            Follow(statement, binding);
            return statement is CreateTableStatement ? new Outcome([], [], null, null) : Answer(binding, answer.Rows);
        }
        catch (VitessException exception)
        {
            return Outcome.Failed(exception.SqlState, exception.Message);
        }
    }

    private void Follow(Statement statement, Binding binding)
    {
        switch (statement)
        {
            case CreateTableStatement { AsQuery: not null } table:
                _tables[table.Name.Name.Name] = TableSchemas.FromQuery(table, SqlDialect.Postgres, binding.Outputs);
                break;
            case CreateTableStatement table:
                _tables[table.Name.Name.Name] = TableSchemas.From(table, SqlDialect.Postgres, ExactNumerics);
                break;
            case CreateIndexStatement index:
                _tables[index.Table.Name.Name] = TableSchemas.WithIndex(_tables[index.Table.Name.Name], index);
                break;
            case DropStatement { Kind: "table" } drop:
                foreach (var name in drop.Names) _tables.Remove(name.Name.Name);
                break;
        }
    }

    private static Outcome Answer(Binding binding, RowSet? rows)
    {
        var columns = binding.Outputs.Select(output => (output.Name, output.Type.Name)).ToList();
        var answer = new Outcome(columns, [], null, null);
        for (var i = 0; i < (columns.Count == 0 ? 0 : rows?.RowCount ?? 0); i++)
        {
            var row = new string?[columns.Count];
            for (var j = 0; j < row.Length; j++) row[j] = Text(rows![i][j], binding.Outputs[j].Type);
            answer.Rows.Add(row);
        }

        return answer;
    }

    // The output functions of the types, as psql shows them.
    private static string? Text(SqlValue value, SqlType type)
    {
        if (value.IsNull) return null;
        if (type is { Kind: SqlTypeKind.Bool, IsArray: false }) return value.AsInteger() != 0 ? "t" : "f";
        return type.Kind == SqlTypeKind.Char && value.Kind == SqlValueKind.Text ? value.AsText() : PgCasts.ToText(value, type);
    }
}
