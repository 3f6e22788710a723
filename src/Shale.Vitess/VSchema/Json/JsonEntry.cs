using System.Text.Json;

namespace Shale.Vitess;

/// <summary>A value of a JSON document that knows where it stands, so that errors name the entry.</summary>
internal readonly record struct JsonEntry(JsonElement Value, string Path)
{
    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsString => Value.ValueKind == JsonValueKind.String;

    /// <summary>The property of that name; null if it is absent or null.</summary>
    public JsonEntry? Find(string property) =>
        Value.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? new JsonEntry(value, Join(property)) : null;

    /// <summary>The first of several spellings.</summary>
    public JsonEntry? Find(string property, string other) => Find(property) ?? Find(other);

    /// <summary>Every property of an object, in order.</summary>
    public IEnumerable<(string Name, JsonEntry Value)> Properties()
    {
        if (!IsObject) throw Invalid("is not an object");
        foreach (var property in Value.EnumerateObject())
        {
            if (property.Name.Length == 0) throw Invalid("has an entry without a name");
            yield return (property.Name, new JsonEntry(property.Value, Join(property.Name)));
        }
    }

    /// <summary>Every element of a list.</summary>
    public IEnumerable<JsonEntry> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array) throw Invalid("is not a list");
        var index = 0;
        foreach (var item in Value.EnumerateArray()) yield return new JsonEntry(item, $"{Path}[{index++}]");
    }

    /// <summary>Text that is not empty.</summary>
    public string Text() => IsString && Value.GetString() is { Length: > 0 } text ? text : throw Invalid("is not a text, or is empty");

    public bool Flag() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Invalid("is neither true nor false");

    public long Number() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var number) ? number : throw Invalid("is not a whole number");

    /// <summary>A list of names that is not empty.</summary>
    public List<string> Names()
    {
        var names = Items().Select(item => item.Text()).ToList();
        return names.Count > 0 ? names : throw Invalid("is empty");
    }

    public VitessException Invalid(string problem) => new(ErrorCodes.InvalidVSchema, $"VSchema: {(Path.Length == 0 ? "the document" : Path)} {problem}");

    private string Join(string property) => Path.Length == 0 ? property : $"{Path}.{property}";
}
