using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Shale.Cli.Output;

/// <summary>Rows so far, and rows per second since the start.</summary>
internal sealed class RowRateColumn : ProgressColumn
{
    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var seconds = task.ElapsedTime?.TotalSeconds ?? 0;
        var rate = seconds > 0 ? task.Value / seconds : 0;
        return new Text(string.Create(CultureInfo.InvariantCulture, $"{task.Value:#,0} rows, {rate:#,0} rows/s"));
    }
}
