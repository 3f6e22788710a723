namespace Shale.PageLog;

/// <summary>A line as it was at one position.</summary>
/// <param name="Line">The line.</param>
/// <param name="Head">Its newest commit.</param>
/// <param name="Samples">Its samples.</param>
/// <param name="Pages">Its pages.</param>
internal sealed record FrozenLine(Line Line, LineState Head, LineState[] Samples, PageMap Pages);
