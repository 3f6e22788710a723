using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>A statement that a client has prepared. Not thread-safe.</summary>
/// <param name="text">Its text.</param>
/// <param name="typed">The same with the types that were declared; null for none.</param>
/// <param name="parameters">The types of its parameters; as many as were declared, if those were more than it has.</param>
/// <param name="told">Those of them that it has, as the gate takes them.</param>
/// <param name="fields">The columns of its rows; empty if it gives none, null if only running it tells.</param>
internal sealed class SessionStatement(string text, TypedSql? typed, IReadOnlyList<SqlType> parameters, IReadOnlyList<SqlType> told, IReadOnlyList<Field>? fields)
{
    private static readonly RowEncoding Binary = new([true]);

    private ColumnFormat[]? _texts, _binaries;

    public string Text => text;

    public TypedSql? Typed => typed;

    public IReadOnlyList<SqlType> Parameters => parameters;

    public int Values => told.Count;

    /// <summary>A value that the client has sent, as the gate takes it. Errors: those of its declared type, and of making the other of it.</summary>
    public SqlValue Take(int index, SqlValue value) => ReferenceEquals(parameters, told) ? value : DeclaredTypes.Take(value, parameters[index], told[index]);

    public IReadOnlyList<Field>? Fields { get; set; } = fields;

    /// <summary>See <see cref="GateRequest.Told"/>.</summary>
    public IReadOnlyList<Field>? Told { get; init; }

    /// <summary>The <see cref="IVTGate.SchemaVersion"/> in which <see cref="Fields"/> were found to be right.</summary>
    public long SchemaVersion { get; set; }

    /// <summary>Whether it gives rows, be it none; known where <see cref="Fields"/> are.</summary>
    public bool IsQuery { get; init; }

    public bool IsEmpty => StatementHead.Word(text).IsEmpty;

    /// <summary>The formats of its columns, made once for the usual ones.</summary>
    public ColumnFormat[] Columns(bool[] formats) => formats.Length switch
    {
        0 => _texts ??= ColumnFormat.Of(Fields!, formats),
        1 when formats[0] => _binaries ??= ColumnFormat.Of(Fields!, formats),
        _ => ColumnFormat.Of(Fields!, formats),
    };

    /// <summary>The form in which its rows may come encoded.</summary>
    public static RowEncoding Encoding(bool[] formats) => formats.Length switch
    {
        0 => RowEncoding.Text,
        1 when formats[0] => Binary,
        _ => new RowEncoding(formats),
    };
}
